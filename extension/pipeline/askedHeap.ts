import type { CaptureDescription, TargetDescription } from "../protocol/report.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import type { HeapReading } from "./heapReading.ts";

/** A target's heap, with what an answer about it says of itself. */
export interface AskedHeap {
  readonly heap: HeapReading;
  readonly library: SourceLibrary;
  readonly target: TargetDescription;
  readonly capture: CaptureDescription;
}
