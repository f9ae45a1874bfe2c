import { setTimeout as wait } from "node:timers/promises";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

openBuffers(150);
wait(50, 3).then((descriptor) => {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});
