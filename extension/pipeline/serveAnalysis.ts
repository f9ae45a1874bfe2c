import type { AnalysisApi, AnalysisEvent } from "../protocol/analysisApi.ts";
import { createRpcService } from "../protocol/rpc.ts";
import { createAnalysisService } from "./analysisService.ts";

/** The inspected process is put back within this time, then we end in any case. */
const closeDeadlineMs = 130_000;

/**
 * Answers the parent over the channel of `fork`, until the parent closes it or dies. Then every
 * target is put back as it was and the process ends.
 */
export function serveAnalysis(channel: NodeJS.Process, toolVersion: string): void {
  const service = createAnalysisService(toolVersion);
  const rpc = createRpcService<AnalysisApi, AnalysisEvent>(service.implement, (message) => {
    if (channel.connected) channel.send?.(message, undefined, undefined, () => {});
  });
  channel.on("message", rpc.receive);
  channel.once("disconnect", () => {
    rpc.cancelAll();
    setTimeout(() => channel.exit(0), closeDeadlineMs);
    void service.dispose().finally(() => channel.exit(0));
  });
}
