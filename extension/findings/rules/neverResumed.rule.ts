import { formatCountOf } from "../../base/count.ts";
import type { AsyncGroupDescription } from "../../protocol/asyncReport.ts";
import type { Finding, StackFrame } from "../../protocol/finding.ts";
import { draftFinding } from "../draft.ts";
import type { Rule } from "../rule.ts";

/** Suspended functions that nothing can ever resume. */
export const neverResumed: Rule = {
  id: "neverResumed",
  summary: "suspended functions that can never go on",
  *find({ suspended = [] }) {
    for (const group of suspended) {
      if (group.settledBy !== "program" && !group.internal) yield findingOf(group);
    }
  },
};

function findingOf(group: AsyncGroupDescription): Finding {
  const { id, threadId, count, retainedBytes, frames } = group;
  const { title, reason, advice } = wordsOf(group);
  return draftFinding({
    id,
    kind: "suspended",
    severity: "warning",
    // Native code may hold a promise in a way that no snapshot shows.
    confidence: group.isCycle ? "certain" : "likely",
    title,
    reason,
    threadId,
    count,
    retainedBytes,
    asyncStack: frames.map(
      (frame): StackFrame => ({
        position: frame.awaits[0]?.position ?? frame.position,
        function: frame.function ?? frame.kind,
        internal: frame.internal,
        async: true,
      }),
    ),
    path: [...group.waitsFor.path],
    advice,
  });
}

function wordsOf({ isCycle, settledBy, frames, count }: AsyncGroupDescription): {
  readonly title: string;
  readonly reason: string;
  readonly advice: string;
} {
  const who = formatCountOf(count, "asynchronous stack", "asynchronous stacks");
  if (isCycle) {
    const functions = formatCountOf(frames.length, "function waits", "functions wait");
    return {
      title:
        frames.length === 1
          ? "A function waits for itself and can never go on"
          : `${functions} for each other in a circle and can never go on`,
      reason: "Each of them awaits the promise that the next one is to settle.",
      advice:
        "Break the circle: one of them must not await the other's result before it has settled its own.",
    };
  }
  if (settledBy === "suspended functions") {
    return {
      title: `${who} can never go on: only functions that wait for ever themselves could resume them`,
      reason:
        "What could settle the promise is held by suspended functions alone, and none of those can go on.",
      advice:
        "Look for what those functions wait for: when they go on, these do. A timeout or an AbortSignal on the innermost await frees all of them.",
    };
  }
  return {
    title: `${who} can never go on: nothing is left that could settle what they await`,
    reason:
      "No code, timer, listener or native object that the program can reach holds the promise's resolve or reject function; it was lost or collected.",
    advice:
      "Find the promise that the innermost function awaits and make sure that each way out of its executor calls resolve or reject, also on errors and when what it waits for goes away.",
  };
}
