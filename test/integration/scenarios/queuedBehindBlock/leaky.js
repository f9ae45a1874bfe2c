import { writeHeapSnapshot } from "node:v8";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

/** The same 500 as in freshGarbage, behind a callback that blocks. An argument: write the heap there first. */
const [snapshotPath] = process.argv.slice(2);
const answered = new Int32Array(new SharedArrayBuffer(4));

const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  if (snapshotPath) writeHeapSnapshot(snapshotPath);
  announce({ ready: true, queued: 500, descriptor });
  Atomics.wait(answered, 0, 0); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(500);
openSocket(3);
await collectForever();
