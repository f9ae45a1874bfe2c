import { circlesOf } from "./circles.ts";
import {
  createFrameLists,
  type FrameLists,
  firstList,
  functionKey,
  functionOf,
  leadsOn,
  moreFrames,
  noFrames,
} from "./frameLists.ts";
import type { HeapGraph, NodeRow } from "./heapGraph.ts";
import { pausedGeneratorsOf } from "./pausedGenerators.ts";
import {
  type ContinuationKind,
  continuationKinds,
  type PendingPromises,
} from "./pendingPromises.ts";
import type { Resumption, SettledBy } from "./resumption.ts";
import { circleStacks, distinctStacks, type StackRows } from "./stackRows.ts";
import { settlerOfStack } from "./stackSettler.ts";
import type { Waker } from "./waker.ts";

/** One level of a group of asynchronous stacks. */
export interface AsyncFrame {
  readonly kind: Exclude<ContinuationKind, "adopt" | "engine"> | "yield";
  /** The function that is suspended or will be called; null for the language's own, such as `Promise.all`. */
  readonly closure: NodeRow | null;
  /** The generators suspended here, or the callbacks that wait. */
  readonly waiting: readonly NodeRow[];
  /** How often it stands here one behind the other: a function that awaits itself. */
  readonly repeated: number;
}

/** Asynchronous stacks of the same functions that wait for the same thing. */
export interface AsyncGroup {
  /** Innermost first: each is awaited by the next. */
  readonly frames: readonly AsyncFrame[];
  /** Stacks: the functions at the place that has most of them. */
  readonly count: number;
  /** Promises that these wait for, by number. */
  readonly sources: readonly number[];
  readonly waker: Waker;
  readonly settledBy: SettledBy;
  /** The frames await each other in a circle: the last one is awaited by the first. */
  readonly isCycle: boolean;
  /** More functions await one of the frames than are told apart here. */
  readonly hasMore: boolean;
}

/**
 * Groups everything that is suspended by its asynchronous stack: from each promise that no other one decides,
 * outwards along what awaits it. What several stacks have in common is one list, made once, so that a hundred
 * thousand of them cost a hundred thousand steps.
 */
export function asyncGroupsOf(
  graph: HeapGraph,
  promises: PendingPromises,
  resumption: Resumption,
  wakerOf: (promise: number) => Waker,
): AsyncGroups {
  const lists = createFrameLists(graph, promises);
  const groups = new Map<string, OpenGroup>();
  const add = (
    source: number,
    list: number,
    shared: Pick<OpenGroup, "waker" | "settledBy" | "isCycle">,
  ) => {
    const { waker, settledBy, isCycle } = shared;
    const key = `${list}|${settledBy}|${isCycle}|${waker.kind}|${waker.label}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { list, sources: [source], ...shared });
    else group.sources.push(source);
  };

  const isDecided = new Uint8Array(promises.count);
  for (const next of promises.next) if (next !== -1) isDecided[next] = 1;
  for (let promise = 0; promise < promises.count; promise++) {
    if (isDecided[promise] === 1) continue;
    const waker = wakerOf(promise);
    for (const list of lists.above(promise)) {
      if (list === noFrames) continue;
      const settledBy = settlerOfStack(promise, list, lists, promises, resumption);
      if (settledBy !== null) add(promise, list, { waker, settledBy, isCycle: false });
    }
  }
  const circles = circlesOf(promises, (promise) => lists.known(promise).length === 0);
  for (const circle of circles) {
    // To be wrong here would send somebody after a deadlock that is none.
    const way = circle.find((promise) => resumption.settledBy(promise) === "program");
    add(circle[0]!, lists.ofCircle(circle), {
      waker: way === undefined ? { kind: "nothing", label: "" } : wakerOf(way),
      settledBy: way === undefined ? "nothing" : "program",
      isCycle: true,
    });
    for (const [promise, list] of lists.leaving(circle)) {
      add(promise, list, {
        waker: { kind: "suspended function", label: "" },
        settledBy: way === undefined ? "suspended functions" : "program",
        isCycle: false,
      });
    }
  }
  const opened = new Map<AsyncGroup, OpenGroup & { readonly place: number }>();
  for (const group of groups.values()) {
    const { whole, place } = group.isCycle
      ? { whole: closeCircles(group, circles, graph, lists, promises), place: 0 }
      : closeGroup(group, graph, lists, promises);
    opened.set(whole, { ...group, place });
  }
  const paused = pausedGroups(graph, pausedGeneratorsOf(graph));
  return {
    groups: [...opened.keys(), ...paused],
    *stacksOf(group) {
      const known = opened.get(group);
      if (known === undefined) {
        for (const row of group.frames[0]?.waiting ?? []) yield [row];
        return;
      }
      const { list, sources, isCycle, place } = known;
      if (isCycle) yield* circleStacks(circles, new Set(sources), lists, promises);
      else yield* distinctStacks({ list, sources, place, count: group.count }, lists, promises);
    },
  };
}

export interface AsyncGroups {
  readonly groups: readonly AsyncGroup[];
  /** The stacks of a group one by one, as many as its `count`. */
  stacksOf(group: AsyncGroup): Iterable<StackRows>;
}

/** Generators that their callers have not asked to go on, by function. */
function pausedGroups(graph: HeapGraph, generators: readonly NodeRow[]): AsyncGroup[] {
  const byFunction = new Map<string, { closure: NodeRow; waiting: NodeRow[] }>();
  for (const generator of generators) {
    const closure = functionOf(graph, awaitKind, generator);
    const key = functionKey(graph, closure);
    const known = byFunction.get(key);
    if (known === undefined) byFunction.set(key, { closure, waiting: [generator] });
    else known.waiting.push(generator);
  }
  return [...byFunction.values()].map(({ closure, waiting }) => ({
    frames: [{ kind: "yield", closure, waiting, repeated: 1 }],
    count: waiting.length,
    sources: [],
    waker: { kind: "caller", label: "" },
    settledBy: "program",
    isCycle: false,
    hasMore: false,
  }));
}

const awaitKind = continuationKinds.indexOf("await");

interface OpenGroup {
  readonly list: number;
  readonly sources: number[];
  readonly waker: Waker;
  readonly settledBy: SettledBy;
  readonly isCycle: boolean;
}

function closeCircles(
  group: OpenGroup,
  circles: readonly (readonly number[])[],
  graph: HeapGraph,
  lists: FrameLists,
  promises: PendingPromises,
): AsyncGroup {
  const frames: (AsyncFrame & { readonly waiting: NodeRow[] })[] = [];
  const starts = new Set(group.sources);
  for (const circle of circles) {
    if (!starts.has(circle[0]!)) continue;
    for (const [place, at] of lists.around(circle).entries()) {
      const kind = promises.kind[at]!;
      const through = promises.through[at]! as NodeRow | -1;
      const closure = through === -1 ? null : functionOf(graph, kind, through);
      frames[place] ??= { kind: kindOf(kind), closure, waiting: [], repeated: 1 };
      if (through !== -1) frames[place].waiting.push(through);
    }
  }
  return { ...group, frames, count: group.sources.length, hasMore: false };
}

interface ClosedGroup {
  readonly whole: AsyncGroup;
  /** The place in each stack at which most functions wait. */
  readonly place: number;
}

/** Goes outwards from the group's promises once more, now along its own frames only. */
function closeGroup(
  { list, sources, waker, settledBy, isCycle }: OpenGroup,
  graph: HeapGraph,
  lists: FrameLists,
  promises: PendingPromises,
): ClosedGroup {
  const frames: (AsyncFrame & { readonly waiting: NodeRow[] })[] = [];
  let level: ReadonlySet<number> = new Set(sources);
  let at = list;
  let count = 0;
  let place = 0;
  for (let depth = 0; at >= firstList; at = lists.rest(at), depth++) {
    const { waiting, kind, next } = oneLevel(level, at, lists, promises);
    if (waiting.size > count) {
      count = waiting.size;
      place = depth;
    }
    const [example] = waiting;
    const closure = example === undefined ? null : functionOf(graph, kind, example);
    const before = frames.at(-1);
    if (before !== undefined && isSameFrame(graph, before, kind, closure)) {
      for (const row of waiting) before.waiting.push(row);
      frames[frames.length - 1] = { ...before, repeated: before.repeated + 1 };
    } else {
      frames.push({ kind: kindOf(kind), closure, waiting: [...waiting], repeated: 1 });
    }
    level = next;
  }
  const hasMore = at === moreFrames;
  const shared = { sources, waker, settledBy, isCycle, hasMore };
  return { whole: { frames, count: Math.max(1, count), ...shared }, place };
}

interface Level {
  readonly kind: number;
  readonly waiting: ReadonlySet<NodeRow>;
  readonly next: ReadonlySet<number>;
}

function oneLevel(
  level: ReadonlySet<number>,
  list: number,
  lists: FrameLists,
  promises: PendingPromises,
): Level {
  const frame = lists.frame(list);
  const rest = lists.rest(list);
  const waiting = new Set<NodeRow>();
  const next = new Set<number>();
  // Grows while it is gone through: what passes on without a frame belongs to the same level.
  const here = new Set(level);
  let kind = 0;
  for (const promise of here) {
    for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
      const behind = promises.next[at]!;
      const found = lists.frameOf(at);
      if (found === -1) {
        if (leadsOn(lists, behind, list)) here.add(behind);
      } else if (found === frame && leadsOn(lists, behind, rest)) {
        kind = promises.kind[at]!;
        if (promises.through[at] !== -1) waiting.add(promises.through[at]! as NodeRow);
        if (behind !== -1) next.add(behind);
      }
    }
  }
  return { kind, waiting, next };
}

const kindOf = (kind: number) => continuationKinds[kind] as AsyncFrame["kind"];

function isSameFrame(
  graph: HeapGraph,
  before: AsyncFrame,
  kind: number,
  closure: NodeRow | null,
): boolean {
  if (before.kind !== kindOf(kind) || before.closure === null || closure === null) return false;
  return functionKey(graph, before.closure) === functionKey(graph, closure);
}
