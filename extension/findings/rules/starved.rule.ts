import { blockageOf, blocksOf, heapOf } from "../blockage.ts";
import { draftFinding } from "../draft.ts";
import type { Rule } from "../rule.ts";

/**
 * Below this the thread may just be busy: a long synchronous job is ordinary, and only becomes a
 * warning when finalizers are known to wait and it goes on.
 */
const ordinaryTurnMs = 1000;

/** The queue isn't served because the event loop never gets back, and no cleanup callback is the reason. */
export const starved: Rule = {
  id: "starved",
  summary: "the event loop never gets back to the finalizers",
  *find(evidence) {
    for (const thread of evidence.threads) {
      const blockage = blockageOf(thread);
      if (blockage?.kind !== "starved") continue;
      const blocks = blocksOf(heapOf(evidence, thread));
      const waiting = blocks.registrations;
      const hog = thread.hog?.function ? ` in ${thread.hog.function}` : "";
      const queue =
        waiting === null
          ? "whether finalizers wait behind it is not known without a snapshot"
          : waiting === 0
            ? "no finalizer waits behind it"
            : "finalizers wait behind it";
      yield draftFinding({
        id: blockage.id,
        kind: "starved",
        severity: waiting && thread.sinceMs >= ordinaryTurnMs ? "warning" : "info",
        confidence: thread.cleanup.certain ? "certain" : "likely",
        title: `The thread is busy${hog} and the event loop does not turn; ${queue}`,
        reason: thread.cleanup.reason,
        threadId: thread.threadId,
        count: waiting,
        sinceMs: thread.sinceMs,
        sinceIsLowerBound: true,
        callback: thread.hog,
        blocks,
        stack: [...thread.stack],
        advice:
          "Cleanup callbacks run only between two turns of the event loop. Break the work at this line into portions with setImmediate, or move it to a worker thread; a chain of promises or nextTicks does not let the loop turn.",
      });
    }
  },
};
