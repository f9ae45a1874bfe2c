import { unboundFunction } from "./functionPosition.ts";
import { childNamed, type HeapGraph, type NodeRow, nodeName } from "./heapGraph.ts";
import { leastRotation } from "./leastRotation.ts";
import { continuationKinds, type PendingPromises } from "./pendingPromises.ts";

/** Different lists of frames that are told apart above one promise. */
const mostLists = 16;

const adoptKind = continuationKinds.indexOf("adopt");
const engineKind = continuationKinds.indexOf("engine");
const awaitKind = continuationKinds.indexOf("await");

/** What is below this is no list of frames but one of the three special ones. */
const nothingKnown: readonly number[] = [];
export const noFrames = 0;
export const moreFrames = 1;
const circleAgain = 2;
export const firstList = 3;

/** Lists of frames, innermost first, where lists with the same end share it (hash consing). */
export interface FrameLists {
  /** All lists of frames from a promise outwards. */
  above(promise: number): readonly number[];
  /** What `above` found for a promise that it came by; nothing for another. */
  known(promise: number): readonly number[];
  ofCircle(circle: readonly number[]): number;
  /** The continuations of a circle that have frames; like circles begin with the same function. */
  around(circle: readonly number[]): readonly number[];
  /** The lists that begin with a function of a circle and lead out of it, each with the promise that it awaits. */
  leaving(circle: readonly number[]): readonly (readonly [promise: number, list: number])[];
  frame(list: number): number;
  rest(list: number): number;
  /** The frame of a continuation, or -1 where it passes on without one. */
  frameOf(continuation: number): number;
}

export function createFrameLists(graph: HeapGraph, promises: PendingPromises): FrameLists {
  const frames = new Map<string, number>();
  const frameOfFunction = new Map<number, number>();
  const listFrame: number[] = [-1, -1, -1];
  const listRest: number[] = [noFrames, noFrames, noFrames];
  const lists = new Map<number, number>();
  const known: (readonly number[] | undefined)[] = new Array(promises.count);
  const isOpen = new Uint8Array(promises.count);
  const onlyNoFrames: readonly number[] = [noFrames];

  const frameOf = (continuation: number): number => {
    const kind = promises.kind[continuation]!;
    if (!hasFrame(kind)) return -1;
    const through = promises.through[continuation]! as NodeRow | -1;
    const closure = through === -1 ? -1 : functionOf(graph, kind, through);
    const byFunction = closure * continuationKinds.length + kind;
    let frame = frameOfFunction.get(byFunction);
    if (frame === undefined) {
      const key = `${kind}|${closure === -1 ? "" : functionKey(graph, closure)}`;
      frame = frames.get(key);
      if (frame === undefined) {
        frame = frames.size;
        frames.set(key, frame);
      }
      frameOfFunction.set(byFunction, frame);
    }
    return frame;
  };

  const prepend = (frame: number, rest: number): number => {
    if (frame === -1) return rest;
    const key = frame * 2 ** 26 + rest;
    let list = lists.get(key);
    if (list === undefined) {
      list = listFrame.length;
      listFrame.push(frame);
      listRest.push(rest);
      lists.set(key, list);
    }
    return list;
  };

  const around = (circle: readonly number[]): readonly number[] => {
    const framed = insideCircle(circle, promises).filter((at) => hasFrame(promises.kind[at]!));
    const closures = framed.map((at) => {
      const through = promises.through[at]! as NodeRow | -1;
      return through === -1 ? -1 : functionOf(graph, promises.kind[at]!, through);
    });
    const start = leastRotation(framed.length, (a, b) =>
      compareFunctions(graph, closures[a]!, closures[b]!),
    );
    return [...framed.slice(start), ...framed.slice(0, start)];
  };

  const restsOf = (next: number): readonly number[] => {
    if (next === -1) return onlyNoFrames;
    // Still open: the chain has come back to it.
    return known[next] ?? [circleAgain];
  };

  const combine = (promise: number, leaves?: (next: number) => boolean): readonly number[] => {
    const found = new Set<number>();
    for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
      const next = promises.next[at]!;
      if (leaves && !leaves(next)) continue;
      const frame = frameOf(at);
      for (const rest of restsOf(next)) found.add(prepend(frame, rest));
      if (found.size > mostLists) return [...[...found].slice(0, mostLists - 1), moreFrames];
    }
    return found.size === 1 && found.has(noFrames) ? onlyNoFrames : [...found];
  };

  /** Depth first with a stack of its own: chains of a hundred thousand promises are possible. */
  const above = (promise: number): readonly number[] => {
    const stack = [promise];
    while (stack.length > 0) {
      const at = stack.at(-1)!;
      if (known[at] !== undefined) {
        stack.pop();
        continue;
      }
      if (isOpen[at] === 0) {
        isOpen[at] = 1;
        for (let link = promises.first[at]!; link < promises.first[at + 1]!; link++) {
          const next = promises.next[link]!;
          if (next !== -1 && known[next] === undefined && isOpen[next] === 0) stack.push(next);
        }
        continue;
      }
      known[at] = combine(at);
      stack.pop();
    }
    return known[promise]!;
  };

  return {
    above,
    known: (promise) => known[promise] ?? nothingKnown,
    ofCircle: (circle) =>
      around(circle).reduceRight<number>((rest, at) => prepend(frameOf(at), rest), noFrames),
    around,
    leaving(circle) {
      const inside = new Set(circle);
      for (const promise of circle) {
        for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
          const next = promises.next[at]!;
          if (next !== -1 && !inside.has(next)) above(next);
        }
        known[promise] = combine(promise, (next) => next === -1 || !inside.has(next));
      }
      return circle.flatMap((promise) => {
        const found = new Set<number>();
        for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
          const next = promises.next[at]!;
          if (!inside.has(next)) continue;
          for (const list of known[next]!) {
            if (list !== noFrames) found.add(prepend(frameOf(at), list));
          }
        }
        return [...found].map((list) => [promise, list] as const);
      });
    },
    frame: (list) => listFrame[list]!,
    rest: (list) => listRest[list]!,
    frameOf,
  };
}

/** The continuations that make the circle, each from one of its promises to the next. */
function insideCircle(circle: readonly number[], promises: PendingPromises): number[] {
  const inside = new Set(circle);
  const found: number[] = [];
  for (const promise of circle) {
    for (let at = promises.first[promise]!; at < promises.first[promise + 1]!; at++) {
      if (inside.has(promises.next[at]!)) found.push(at);
    }
  }
  return found;
}

/** The function behind a suspended generator; of a callback the one that it was bound to. */
export function functionOf(graph: HeapGraph, kind: number, through: NodeRow): NodeRow {
  if (kind !== awaitKind) return unboundFunction(graph, through);
  return childNamed(graph, through, graph.types.edge.internal, "function") ?? through;
}

/** Closures of one function have one key. */
export function functionKey(graph: HeapGraph, closure: NodeRow): string {
  const location = graph.locationOf(closure);
  if (location === -1) return nodeName(graph, closure);
  const { scriptId, line, column } = graph.columns.locations;
  return `${scriptId[location]}:${line[location]}:${column[location]}`;
}

/** By their places in the scripts; the language's own come last. */
function compareFunctions(graph: HeapGraph, a: number, b: number): number {
  const { scriptId, line, column } = graph.columns.locations;
  const first = graph.locationOf(a as NodeRow);
  const second = graph.locationOf(b as NodeRow);
  if (first === -1 || second === -1) return Number(first === -1) - Number(second === -1);
  return (
    scriptId[first]! - scriptId[second]! ||
    line[first]! - line[second]! ||
    column[first]! - column[second]!
  );
}

/** Whether a list of frames goes on above a promise; nothing does above -1. */
export const leadsOn = (lists: FrameLists, promise: number, list: number): boolean =>
  promise === -1 ? list === noFrames : list === circleAgain || lists.known(promise).includes(list);

/** Whether a continuation is a frame of a stack, rather than only on the way to one. */
export const hasFrame = (kind: number): boolean => kind !== adoptKind && kind !== engineKind;
