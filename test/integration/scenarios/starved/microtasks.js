import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const queue = { isEmpty: false, polls: 0 };

/** Polls with an await: the microtask queue is never empty, and the event loop never gets back. */
async function drainQueue() /* CULPRIT */ {
  while (!queue.isEmpty /* CULPRIT */) {
    await null; /* CULPRIT */
    queue.polls++;
  }
}

openBuffers(150);
setTimeout(() => {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  void drainQueue();
}, 50);
