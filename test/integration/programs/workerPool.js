import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { workSteadily } from "./program.js";

/** A pool of worker threads; buffers are transferred there and back. */
const pool = Array.from(
  { length: 3 },
  (_, index) =>
    new Worker(new URL("workerPoolTask.js", import.meta.url), { name: `pool-${index}` }),
);

await workSteadily(async (round) => {
  const samples = new Float64Array(20_000).fill(round);
  const worker = pool[round % pool.length];
  worker.postMessage(samples, [samples.buffer]);
  const [sorted] = await once(worker, "message");
  if (sorted.length !== 20_000) throw new Error("The worker lost samples.");
}, 50);
