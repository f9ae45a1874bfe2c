import { createHash } from "node:crypto";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const queue = { isEmpty: false };
let digest = "";

/** Each turn does a little work, as real queues do. */
async function drainQueue() {
  while (!queue.isEmpty) {
    await null;
    hashNext();
  }
}

function hashNext() {
  for (let round = 0; round < 200; round++) /* CULPRIT */ {
    digest = createHash("sha256").update(digest).digest("hex"); /* CULPRIT */
  }
}

openBuffers(150);
setTimeout(() => {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  void drainQueue();
}, 50);
