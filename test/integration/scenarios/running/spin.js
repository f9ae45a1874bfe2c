import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 600 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(600);
openSocket(3);
await collectForever();
