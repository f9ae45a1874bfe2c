import { formatBytes } from "../../../base/byteSize.ts";
import { formatDuration } from "../../../base/duration.ts";
import type { Report, TargetDescription } from "../../../protocol/report.ts";
import { wrap } from "./layout.ts";
import type { Page } from "./page.ts";

const margin = "  ";

/** The target and the reading, so that it can be judged and repeated. */
export function howItWasTaken(
  { target, capture, tool }: Pick<Report, "target" | "capture" | "tool">,
  page: Page,
): readonly string[] {
  const { dim } = page.colors;
  const answers: string[] = [];
  if (capture.stackAnsweredBy !== null) answers.push(`stack by ${capture.stackAnsweredBy}`);
  if (capture.snapshotAnsweredBy !== null)
    answers.push(`snapshot by ${capture.snapshotAnsweredBy}`);
  if (capture.snapshotBytes !== null) answers.push(`${formatBytes(capture.snapshotBytes)} read`);
  if (capture.pauseMs !== null && capture.level === "capture")
    answers.push(`process stopped for ${formatDuration(capture.pauseMs)}`);
  if (capture.heapBytes !== null) answers.push(`heap ${formatBytes(capture.heapBytes)}`);
  const taken = `Reading ${capture.reading}, level ${capture.level}, ${capture.takenAt}, Leakline ${tool.version}`;
  return [
    ...wrap(describeTarget(target), page.proseWidth, margin),
    ...wrap([taken, ...answers].join("; "), page.proseWidth, margin),
  ].map(dim);
}

function describeTarget(target: TargetDescription): string {
  if (target.kind === "file") return `Snapshot file ${target.file ?? target.label}`;
  const parts = [
    target.pid === null ? target.label : `Process ${target.pid}`,
    target.nodeVersion === null ? null : `Node ${target.nodeVersion}`,
    target.command,
    target.address === null
      ? null
      : `inspector ${target.address}${target.inspectorOpenedByLeakline ? ", opened by Leakline" : ""}`,
  ];
  return parts.filter((part) => part !== null).join("; ");
}
