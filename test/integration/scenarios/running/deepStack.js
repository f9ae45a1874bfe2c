import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const answered = new Int32Array(new SharedArrayBuffer(4));

const folders = new FinalizationRegistry(function closeFolder(depth) /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 600, depth });
  closeChildren(depth);
});

function closeChildren(depth) {
  if (depth === 0) Atomics.wait(answered, 0, 0); /* CULPRIT */
  else closeChildren(depth - 1);
}

function openFolder(depth) {
  folders.register({ depth }, depth); /* REGISTER */
}

openBuffers(600);
openFolder(45);
await collectForever();
