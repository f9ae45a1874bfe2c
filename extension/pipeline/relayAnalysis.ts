import { writeSync } from "node:fs";
import { constants } from "node:os";
import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { isCancelMessage } from "../protocol/rpc.ts";
import { createCancelledCalls } from "./cancelledCalls.ts";
import type { AnalysisWorkerData } from "./serveAnalysis.ts";

/** The inspected process is put back within this time, then we end in any case. */
const closeDeadlineMs = 130_000;

/**
 * Hands the messages of the channel of `fork` to a worker thread and back. The work is done there, so that
 * this thread always hears of a cancellation, and can say how the work ended. It ends with the channel.
 */
export function relayAnalysis(channel: NodeJS.Process, modulePath: string): void {
  const cancelled = createCancelledCalls();
  const workerData: AnalysisWorkerData = { cancelled: cancelled.memory };
  const worker = new Worker(modulePath, {
    workerData,
    // Without being told, a worker has less than the process.
    resourceLimits: {
      maxOldGenerationSizeMb: Math.ceil(getHeapStatistics().heap_size_limit / 2 ** 20),
    },
  });
  channel.on("message", (message) => {
    if (isCancelMessage(message)) cancelled.add(message.id);
    worker.postMessage(message);
  });
  worker.on("message", (message) => {
    if (channel.connected) channel.send?.(message, undefined, undefined, () => {});
  });
  let endsWith: number | undefined;
  worker.on("error", (error: Error & { readonly code?: string }) => {
    const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    // What V8 itself ends with when the main thread has no more memory.
    endsWith = isMemory ? 128 + constants.signals.SIGABRT : 1;
    writeSync(channel.stderr.fd, `${isMemory ? error.message : (error.stack ?? error.message)}\n`);
  });
  worker.on("exit", (code) => channel.exit(endsWith ?? code));
  channel.once("disconnect", () => {
    worker.postMessage("end");
    setTimeout(() => channel.exit(0), closeDeadlineMs);
  });
}
