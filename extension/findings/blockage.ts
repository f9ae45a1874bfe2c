import type { Blocks } from "../protocol/finding.ts";
import type { Evidence, HeapEvidence, RegistryEvidence, ThreadEvidence } from "./evidence.ts";
import { fingerprint } from "./fingerprint.ts";

/** What keeps a thread from serving its queue: the finding's kind and id, so that others can point at it. */
export interface Blockage {
  readonly kind: "running" | "starved" | "unknown";
  readonly id: string;
  readonly thread: ThreadEvidence;
}

/**
 * The thread's blockage, if it has one. A thread held by a debugger is paused and one in native code
 * can't be judged: neither is a blockage of ours to report.
 */
export function blockageOf(thread: ThreadEvidence): Blockage | null {
  if (thread.state !== "stuck") return null;
  const { answer, callback } = thread.cleanup;
  const kind = answer === "proved" ? "running" : answer === "disproved" ? "starved" : "unknown";
  const position = kind === "running" ? callback : thread.hog;
  return { kind, id: fingerprint(kind, thread.threadId, position), thread };
}

/** The blockage of the thread that a heap belongs to. */
export function blockageOfHeap(evidence: Evidence, heap: HeapEvidence): Blockage | null {
  const thread = evidence.threads.find(({ threadId }) => threadId === heap.threadId);
  return thread ? blockageOf(thread) : null;
}

export const heapOf = (evidence: Evidence, thread: ThreadEvidence): HeapEvidence | undefined =>
  evidence.heaps.find(({ threadId }) => threadId === thread.threadId);

/**
 * What waits behind a blockage. Node's own registries are listed and marked, and not counted: the
 * numbers are the user's registrations.
 */
export function blocksOf(heap: HeapEvidence | undefined): Blocks {
  if (!heap) {
    return { registries: null, registrations: null, retainedBytes: null, byRegistry: [] };
  }
  const waiting = heap.registries.filter(({ queued }) => queued.length > 0);
  const users = waiting.filter(({ internal }) => !internal);
  return {
    registries: users.reduce((sum, { registries }) => sum + registries, 0),
    registrations: users.reduce((sum, { queued }) => sum + queued.length, 0),
    retainedBytes: heap.queuedBytes,
    byRegistry: waiting.toSorted(byQueueThenPlace).map(({ callback, queued, internal }) => ({
      callback,
      registrations: queued.length,
      internal,
    })),
  };
}

function byQueueThenPlace(a: RegistryEvidence, b: RegistryEvidence): number {
  return (
    b.queued.length - a.queued.length ||
    (a.callback?.file ?? "").localeCompare(b.callback?.file ?? "") ||
    (a.callback?.line ?? 0) - (b.callback?.line ?? 0)
  );
}

/** The queue holds several callbacks of the running registry, and it moved while we watched. */
export const isBatch = (evidence: Evidence): boolean =>
  evidence.progress !== null && evidence.progress.callbacksFinished > 0;
