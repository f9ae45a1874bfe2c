import type { Captured } from "../process/captureSnapshot.ts";
import type { CaptureDescription } from "../protocol/report.ts";
import type { HeapReading } from "./heapReading.ts";

/** The heap of one thread, and how it was had. */
export interface CapturedHeap extends Captured {
  readonly threadId: number;
  readonly reading: HeapReading;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** ISO 8601 time. */
  readonly takenAt: string;
}

/** What the snapshots of a reading cost together. */
export const costOfHeaps = (
  captured: readonly CapturedHeap[],
): Omit<CaptureDescription, "level" | "reading" | "takenAt" | "stackAnsweredBy"> => ({
  snapshotAnsweredBy: captured[0]?.answeredBy ?? null,
  pauseMs: captured.reduce((sum, { pauseMs }) => sum + pauseMs, 0),
  snapshotBytes: captured.reduce((sum, { reading }) => sum + reading.snapshotBytes, 0),
  heapBytes: captured[0]?.reading.heapBytes ?? null,
  estimatedPauseMs: null,
  estimatedMemoryBytes: null,
});
