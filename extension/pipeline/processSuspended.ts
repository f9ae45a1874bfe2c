import type { InspectedProcess } from "../process/inspectedProcess.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { CapturedHeap } from "./capturedHeap.ts";
import { type SuspendedReading, suspendedReadingOf } from "./suspendedReading.ts";
import type { ThreadSources } from "./threadSources.ts";

/**
 * For asking where functions stand, in milliseconds: V8 goes through the whole heap for each, so as long as the
 * snapshot took, within these limits.
 */
const shortestAskingMs = 5000;
const longestAskingMs = 15_000;

export interface SuspendedSource {
  readonly inspected: Pick<InspectedProcess, "awaitPositions">;
  readonly sources: Pick<ThreadSources, "libraryOf" | "renew">;
  captureHeap(threadId: number, threadIsStuck: boolean): Promise<CapturedHeap>;
}

/** Reads what is suspended in these threads; `captureHeap` takes a snapshot of each, or has one. */
export async function readSuspended(
  threads: readonly { readonly threadId: number; readonly isStuck: boolean }[],
  { inspected, sources, captureHeap }: SuspendedSource,
  context: CallContext<AnalysisEvent>,
): Promise<{
  readonly heaps: readonly CapturedHeap[];
  readonly readings: readonly SuspendedReading[];
}> {
  const heaps: CapturedHeap[] = [];
  const readings: SuspendedReading[] = [];
  for (const { threadId, isStuck } of threads) {
    if (!isStuck) sources.renew(threadId);
    const heap = await captureHeap(threadId, isStuck);
    heaps.push(heap);
    const budgetMs = Math.min(longestAskingMs, Math.max(shortestAskingMs, heap.pauseMs));
    const askAwaits = (ids: readonly number[]) =>
      inspected.awaitPositions(threadId, ids, { budgetMs, signal: context.signal });
    const reading = await suspendedReadingOf(
      heap.reading,
      // A stuck thread would answer only when it is free again.
      { threadId, library: sources.libraryOf(threadId), askAwaits: isStuck ? null : askAwaits },
      context,
    );
    readings.push(reading);
  }
  return { heaps, readings };
}
