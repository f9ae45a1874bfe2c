import { freemem } from "node:os";
import { formatBytes } from "../base/byteSize.ts";
import { formatDuration } from "../base/duration.ts";
import type { CaptureDescription } from "../protocol/report.ts";

/** What a snapshot costs the inspected process, and whether that is more than was allowed. */
export interface SnapshotPrice {
  /** For instance `stops the process for about 12 s and needs about 3.1 GB of memory`. */
  readonly text: string;
  readonly tooHigh: boolean;
}

/** Taking a snapshot is not only looking, and the user should know before it happens. */
export const collectsFirst =
  "It collects garbage first, so cleanup callbacks that are due may run.";

/**
 * What the machine can give, and no more than the container may have. Not `availableMemory()`: in a
 * container that counts the page cache as used.
 */
function availableMemoryBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 ? Math.min(freemem(), limitBytes) : freemem();
}

export function snapshotPrice(
  { estimatedPauseMs, estimatedMemoryBytes }: CaptureDescription,
  maxPauseSeconds: number,
  availableBytes = availableMemoryBytes(),
): SnapshotPrice {
  const pause =
    estimatedPauseMs === null
      ? "stops the process for a time that can't be estimated"
      : `stops the process for about ${formatDuration(estimatedPauseMs)}`;
  const memory =
    estimatedMemoryBytes === null
      ? ""
      : ` and needs about ${formatBytes(estimatedMemoryBytes)} of memory`;
  const memoryIsShort = estimatedMemoryBytes !== null && estimatedMemoryBytes > availableBytes;
  const free = memoryIsShort ? ` (${formatBytes(availableBytes)} are free)` : "";
  return {
    text: pause + memory + free,
    tooHigh:
      memoryIsShort || estimatedPauseMs === null || estimatedPauseMs >= maxPauseSeconds * 1000,
  };
}
