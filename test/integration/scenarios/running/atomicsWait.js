import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const answered = new Int32Array(new SharedArrayBuffer(4));

const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 600 });
  waitForServer(descriptor);
});

function waitForServer(descriptor) {
  if (descriptor > 0) Atomics.wait(answered, 0, 0); /* CULPRIT */
}

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(600);
openSocket(3);
await collectForever();
