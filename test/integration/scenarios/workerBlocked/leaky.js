import { Worker } from "node:worker_threads";

/** The main thread is well; a cleanup callback spins in its worker. */
new Worker(new URL("blockedWorker.js", import.meta.url), { name: "indexer" });
let ticks = 0;
setInterval(() => ticks++, 20);
