import { type FrameLists, firstList, leadsOn } from "./frameLists.ts";
import type { NodeRow } from "./heapGraph.ts";
import type { PendingPromises } from "./pendingPromises.ts";

/** The rows that are suspended or wait at each frame of one stack, innermost first; -1 for the language's own. */
export type StackRows = readonly (NodeRow | -1)[];

export function* circleStacks(
  circles: readonly (readonly number[])[],
  starts: ReadonlySet<number>,
  lists: FrameLists,
  promises: PendingPromises,
): Iterable<StackRows> {
  for (const circle of circles) {
    if (!starts.has(circle[0]!)) continue;
    yield lists.around(circle).map((at) => promises.through[at]! as NodeRow | -1);
  }
}

/** Stacks of one shape. */
export interface StackShape {
  readonly list: number;
  /** Promises from which they go outwards. */
  readonly sources: readonly number[];
  /** The place at which most functions wait, and their number. */
  readonly place: number;
  readonly count: number;
}

/** One for each function at the place that has most of them: two ways to the same one are one stack. */
export function* distinctStacks(
  { list, sources, place, count }: StackShape,
  lists: FrameLists,
  promises: PendingPromises,
): Iterable<StackRows> {
  const seen = new Set<NodeRow | -1>();
  for (const source of sources) {
    for (const rows of stacksFrom(source, list, lists, promises)) {
      const row = rows[place]!;
      if (seen.has(row)) continue;
      seen.add(row);
      yield rows;
      if (seen.size >= count) return;
    }
  }
}

interface OpenLevel {
  readonly promise: number;
  readonly list: number;
  /** The next continuation to follow. */
  at: number;
  /** It stands behind a frame, which goes with it. */
  readonly hasFrame: boolean;
}

/** All stacks of one shape above a promise, depth first with a stack of its own. */
function* stacksFrom(
  source: number,
  list: number,
  lists: FrameLists,
  promises: PendingPromises,
): Iterable<StackRows> {
  const rows: (NodeRow | -1)[] = [];
  const levels: OpenLevel[] = [
    { promise: source, list, at: promises.first[source]!, hasFrame: false },
  ];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (level.at >= promises.first[level.promise + 1]!) {
      levels.pop();
      if (level.hasFrame) rows.pop();
      continue;
    }
    const at = level.at++;
    const behind = promises.next[at]!;
    const frame = lists.frameOf(at);
    const isPassedOn = frame === -1;
    if (!isPassedOn && frame !== lists.frame(level.list)) continue;
    const rest = isPassedOn ? level.list : lists.rest(level.list);
    if (!leadsOn(lists, behind, rest)) continue;
    if (!isPassedOn) rows.push(promises.through[at]! as NodeRow | -1);
    if (behind !== -1 && rest >= firstList) {
      const first = promises.first[behind]!;
      levels.push({ promise: behind, list: rest, at: first, hasFrame: !isPassedOn });
    } else {
      yield [...rows];
      rows.pop();
    }
  }
}
