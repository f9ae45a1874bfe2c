import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

openBuffers(150);
setTimeout(function pollServer() {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  for (;;) process.uptime(); /* CULPRIT */
}, 50);
