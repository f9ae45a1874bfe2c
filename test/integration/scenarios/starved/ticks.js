import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const queue = { polls: 0 };

function pollQueue() /* CULPRIT */ {
  queue.polls++;
  process.nextTick(pollQueue); /* CULPRIT */
}

openBuffers(150);
setTimeout(() => {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  pollQueue();
}, 50);
