import { findFindings } from "../findings/findFindings.ts";
import { type AsyncReport, asyncReportSchemaVersion } from "../protocol/asyncReport.ts";
import type { CaptureDescription, Problem, TargetDescription } from "../protocol/report.ts";
import type { SuspendedReading } from "./suspendedReading.ts";

export interface AsyncReadings {
  readonly toolVersion: string;
  readonly target: TargetDescription;
  readonly capture: CaptureDescription;
  /** One for each thread that was read. */
  readonly readings: readonly SuspendedReading[];
  readonly problems: readonly Problem[];
}

/** Puts what is suspended in all threads into the one shape that views read. */
export function buildAsyncReport({
  toolVersion,
  target,
  capture,
  readings,
  problems,
}: AsyncReadings): AsyncReport {
  const groups = readings.flatMap((reading) => reading.groups);
  const sum = (value: (reading: SuspendedReading) => number) =>
    readings.reduce((total, reading) => total + value(reading), 0);
  return {
    schemaVersion: asyncReportSchemaVersion,
    tool: { name: "leakline", version: toolVersion },
    target,
    capture,
    suspendedFunctions: sum(({ suspendedFunctions }) => suspendedFunctions),
    retainedBytes: sum(({ retainedBytes }) => retainedBytes),
    groups,
    stacks: [],
    findings: [
      ...findFindings({
        source: target.kind,
        threads: [],
        heaps: [],
        progress: null,
        suspended: groups,
      }),
    ],
    problems: [...problems],
  };
}
