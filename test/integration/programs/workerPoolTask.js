import { parentPort } from "node:worker_threads";

/** A thread of workerPool.js. */
parentPort.on("message", (samples) => {
  for (let index = 0; index < samples.length; index++) samples[index] *= (index * 7919) % 1009;
  samples.sort();
  parentPort.postMessage(samples, [samples.buffer]);
});
