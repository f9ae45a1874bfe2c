import { EventEmitter } from "node:events";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const pool = new EventEmitter();

pool.on("close", function cleanup(descriptor) {
  dropBuffers();
  collect();
  announce({ ready: true, queued: 150 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

openBuffers(150);
setImmediate(() => pool.emit("close", 3));
