import { type FrameLists, leadsOn } from "./frameLists.ts";
import { continuationKinds, type PendingPromises } from "./pendingPromises.ts";
import type { Resumption, SettledBy } from "./resumption.ts";

const awaitKind = continuationKinds.indexOf("await");

/**
 * By what a stack's innermost function can go on: also by another promise, when it waits for the first of several;
 * null when only that other one says anything about it.
 */
export function settlerOfStack(
  source: number,
  list: number,
  lists: FrameLists,
  promises: PendingPromises,
  resumption: Resumption,
): SettledBy | null {
  const own = resumption.settledBy(source);
  let promise = source;
  let rest = list;
  // Once around the longest chain, should it be a circle.
  for (let step = 0; own !== "program" && step < promises.count; step++) {
    const at = continuationTowards(promise, rest, lists, promises);
    if (at === -1 || promises.kind[at] === awaitKind || promises.next[at] === -1) return own;
    promise = promises.next[at]!;
    if (lists.frameOf(at) !== -1) rest = lists.rest(rest);
    if (resumption.settledBy(promise) !== "program") continue;
    return isFirstOfSeveral(promises.kind[at]!) ? null : "program";
  }
  return own;
}

/** The continuation of a promise with which a list of frames goes on; -1 when none does. */
function continuationTowards(
  promise: number,
  list: number,
  lists: FrameLists,
  promises: PendingPromises,
): number {
  for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
    const frame = lists.frameOf(at);
    const behind = promises.next[at]!;
    const rest = frame === -1 ? list : lists.rest(list);
    if ((frame === -1 || frame === lists.frame(list)) && leadsOn(lists, behind, rest)) return at;
  }
  return -1;
}

const isFirstOfSeveral = (kind: number): boolean =>
  continuationKinds[kind] === "Promise.race" || continuationKinds[kind] === "Promise.any";
