import type { Batch, Blocks } from "../../protocol/finding.ts";
import { blockageOf, blocksOf, heapOf, isBatch } from "../blockage.ts";
import { draftFinding } from "../draft.ts";
import type { Evidence, HeapEvidence, ThreadEvidence } from "../evidence.ts";
import type { Rule } from "../rule.ts";

/** A cleanup callback is executing and holds up the host queue: one call, or a batch of them back to back. */
export const running: Rule = {
  id: "running",
  summary: "a cleanup callback is executing now and holds up every other one",
  *find(evidence) {
    for (const thread of evidence.threads) {
      const blockage = blockageOf(thread);
      if (blockage?.kind !== "running") continue;
      const heap = heapOf(evidence, thread);
      const batch = batchOf(evidence, heap);
      const blocks = blocksOf(heap);
      yield draftFinding({
        id: blockage.id,
        kind: "running",
        severity: "error",
        confidence: thread.cleanup.certain ? "certain" : "likely",
        title: batch ? batchTitle(thread) : singleTitle(thread),
        reason: thread.cleanup.reason,
        threadId: thread.threadId,
        count: batch ? batch.callbacksSeen + (batch.callbacksLeft ?? 0) + 1 : 1,
        sinceMs: thread.sinceMs,
        sinceIsLowerBound: true,
        batch,
        callback: thread.cleanup.callback,
        registeredAt: [...thread.cleanup.registeredAt],
        blocks,
        stack: [...thread.stack],
        advice: batch ? batchAdvice : singleAdvice(blocks),
      });
    }
  },
};

function batchOf(evidence: Evidence, heap: HeapEvidence | undefined): Batch | null {
  if (!isBatch(evidence) || !evidence.progress) return null;
  const { callbacksFinished, elapsedMs } = evidence.progress;
  const own = heap?.registries.find((registry) => registry.running);
  return {
    callbacksSeen: callbacksFinished,
    callbacksLeft: own?.queued.length ?? null,
    millisecondsEach: Math.round((elapsedMs / callbacksFinished) * 100) / 100,
  };
}

const callbackName = (thread: ThreadEvidence) =>
  thread.cleanup.callback?.function ? ` ${thread.cleanup.callback.function}` : "";

const singleTitle = (thread: ThreadEvidence) =>
  `The cleanup callback${callbackName(thread)} has not returned and holds up every other finalizer of this thread`;

const batchTitle = (thread: ThreadEvidence) =>
  `A batch: the cleanup callback${callbackName(thread)} runs again and again, back to back, and holds up the thread`;

function singleAdvice({ registrations }: Blocks): string {
  const cost =
    registrations === null
      ? "What waits behind it is not known without a snapshot."
      : registrations === 0
        ? "Nothing else waits behind it yet, but everything that is collected from now on will."
        : "What waits behind it is released only after it returns.";
  return `${cost} A cleanup callback must return at once: no synchronous I/O, no waiting, no loop. Hand the held value to a queue that a timer or an asynchronous task works off, with a deadline for each close.`;
}

const batchAdvice =
  "One host task runs all due callbacks of a registry without a turn of the event loop between them. Make each callback cheap: collect the held values in an array and work them off in small portions from a timer, or close the objects explicitly and unregister them.";
