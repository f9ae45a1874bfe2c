import { blockageOf, blocksOf, heapOf } from "../blockage.ts";
import { draftFinding } from "../draft.ts";
import type { Rule } from "../rule.ts";

/** The thread is stuck in a function of which nothing proves or disproves that it is a cleanup callback. */
export const undecidedThread: Rule = {
  id: "undecided-thread",
  summary: "the thread is busy, perhaps in a cleanup callback",
  *find(evidence) {
    for (const thread of evidence.threads) {
      const blockage = blockageOf(thread);
      if (blockage?.kind !== "unknown") continue;
      const name = thread.hog?.function ?? "an anonymous function";
      yield draftFinding({
        id: blockage.id,
        kind: "unknown",
        severity: "info",
        confidence: "possible",
        title: `The thread is busy in ${name}, perhaps a cleanup callback`,
        reason: thread.cleanup.reason,
        threadId: thread.threadId,
        sinceMs: thread.sinceMs,
        sinceIsLowerBound: true,
        callback: thread.hog,
        blocks: blocksOf(heapOf(evidence, thread)),
        stack: [...thread.stack],
        advice:
          "Take a snapshot (--snapshot): it lists every registry's cleanup callback and decides.",
      });
    }
  },
};
