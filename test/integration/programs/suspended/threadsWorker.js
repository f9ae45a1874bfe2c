import { once } from "node:events";
import { parentPort } from "node:worker_threads";

/* nextJob begins */ async function nextJob() {
  const [job] = await once(parentPort, "message"); /* nextJob */
  return job;
}

/* work begins */ async function work() {
  for (;;) await nextJob(); /* work */
}

void work();
parentPort.postMessage("ready");
