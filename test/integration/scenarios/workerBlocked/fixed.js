import { Worker } from "node:worker_threads";

new Worker(new URL("healthyWorker.js", import.meta.url), { name: "indexer" });
let ticks = 0;
setInterval(() => ticks++, 20);
