import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { announce, obey, stayAlive } from "../program.cjs";

/**
 * Fills about 200 MB, so that a snapshot takes seconds, and dies so many milliseconds after it was
 * told to: `die 300` on stdin, `SIGKILL` or by `exit 300` with an exit code of its own.
 */
const tables = [];
// What no code names any more would be collected before the snapshot.
globalThis.tables = tables;
while (process.memoryUsage().heapUsed < 200 * 1024 * 1024) {
  for (let id = 0; id < 100; id++) {
    tables.push(Array.from({ length: 1000 }, (_, row) => ({ id, row, next: null })));
  }
}

// The main thread is busy with the snapshot when the time comes: another one keeps the time.
const executioner = new Worker(
  `require("node:worker_threads").parentPort.on("message", (delayMs) =>
     setTimeout(() => process.kill(process.pid, "SIGKILL"), delayMs));`,
  { eval: true, name: "executioner" },
);
await once(executioner, "online");

obey({
  die: (delayMs) => executioner.postMessage(Number(delayMs)),
  exit: (delayMs) => setTimeout(() => process.exit(7), Number(delayMs)),
});
announce({ ready: true, tables: tables.length });
stayAlive();
