import { blockageOfHeap } from "../blockage.ts";
import { draftFinding } from "../draft.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Rule } from "../rule.ts";

/**
 * The reading's own collection cleared these targets. One reading of a thread that isn't stuck can't
 * tell them from a queue that stays, and says so.
 */
export const collectable: Rule = {
  id: "collectable",
  summary: "targets that were just collected",
  *find(evidence) {
    for (const heap of evidence.heaps) {
      if (blockageOfHeap(evidence, heap)) continue;
      const fromFile = evidence.source === "file";
      const paused = evidence.threads.some(
        ({ threadId, state }) => threadId === heap.threadId && state === "paused",
      );
      for (const registry of heap.registries) {
        if (registry.queued.length === 0) continue;
        yield draftFinding({
          id: fingerprint("collectable", heap.threadId, registry.callback, registry.distinction),
          kind: "collectable",
          severity: "info",
          confidence: fromFile ? "possible" : "likely",
          title: fromFile
            ? "Queued or just collected: one snapshot file can't tell which"
            : "Just collected: the next turn of the event loop runs these callbacks",
          reason: fromFile
            ? "Taking a snapshot collects garbage first, so freshly collected targets look like a queue that stays."
            : paused
              ? "The process is paused by a debugger, so its event loop can't turn."
              : "This reading's own collection cleared them, and the thread is not stuck.",
          threadId: heap.threadId,
          count: registry.queued.length,
          retainedBytes: registry.queuedBytes,
          callback: registry.callback,
          registeredAt: [...registry.registeredAt],
          advice: fromFile
            ? "Ask the live process (leakline blocked PID), or compare with a second snapshot taken later."
            : "Nothing to do. If they are still there in the next reading, the queue is blocked.",
        });
      }
    }
  },
};
