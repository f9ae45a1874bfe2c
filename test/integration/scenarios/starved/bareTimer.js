import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

openBuffers(150);
// A function without a name, in the shape in which cleanup callbacks are written too.
setTimeout(
  (descriptor) => {
    dropBuffers();
    collect();
    announce({ ready: true, queued: 150 });
    while (descriptor > 0) process.uptime(); /* CULPRIT */
  },
  50,
  3,
);
