import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expectGroups, sourceOf } from "./program.js";

/** A worker with suspended functions of its own. */
const worker = new Worker(new URL("threadsWorker.js", import.meta.url));
await once(worker, "message");

/* ended begins */ async function ended() {
  await once(worker, "exit"); /* ended */
}

void ended();

const { awaiting } = sourceOf(import.meta.url);
const { awaiting: awaitingThere } = sourceOf(new URL("threadsWorker.js", import.meta.url));
expectGroups([
  { frames: [awaiting("ended")], waitsFor: ["listener", '"exit" of Worker'] },
  {
    frames: [awaitingThere("nextJob"), awaitingThere("work")],
    waitsFor: ["listener", '"message" of MessagePort'],
    threadId: worker.threadId,
  },
]);
