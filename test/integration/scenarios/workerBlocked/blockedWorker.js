import { threadId } from "node:worker_threads";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 200, threadId });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
