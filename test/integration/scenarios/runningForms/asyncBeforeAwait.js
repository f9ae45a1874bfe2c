import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

/** An asynchronous callback is synchronous until its first await. */
const sockets = new FinalizationRegistry(async function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
  await null;
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
