import type { MessagePort } from "node:worker_threads";
import type { AnalysisApi, AnalysisEvent } from "../protocol/analysisApi.ts";
import { createRpcService } from "../protocol/rpc.ts";
import { createAnalysisService } from "./analysisService.ts";
import { createCancelledCalls } from "./cancelledCalls.ts";

/** What the worker thread is started with. */
export interface AnalysisWorkerData {
  readonly cancelled: SharedArrayBuffer;
}

/**
 * Answers over the port until it is told `"end"`. Then every target is put back as it was and the thread ends.
 */
export function serveAnalysis(
  port: MessagePort,
  { cancelled }: AnalysisWorkerData,
  toolVersion: string,
): void {
  const service = createAnalysisService(toolVersion);
  const rpc = createRpcService<AnalysisApi, AnalysisEvent>(
    service.implement,
    (message) => port.postMessage(message),
    createCancelledCalls(cancelled).has,
  );
  port.on("message", (message) => {
    if (message !== "end") return rpc.receive(message);
    rpc.cancelAll();
    void service.dispose().finally(() => process.exit(0));
  });
}
