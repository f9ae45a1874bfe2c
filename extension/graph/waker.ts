import { emitterListenerOf } from "./emitterListener.ts";
import {
  type EdgeRow,
  edgeSource,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
} from "./heapGraph.ts";
import { edgeWords, nodeKind, nodeWords } from "./heapWords.ts";
import { isGenerator } from "./pendingPromises.ts";
import type { Resumption } from "./resumption.ts";

/** The kinds of things that can settle a promise, by what holds its `resolve` function. */
export type WakerKind =
  | "timer"
  | "immediate"
  | "listener"
  | "native"
  | "queue"
  | "object"
  | "suspended function"
  /** A generator goes on when its caller asks for the next value. */
  | "caller"
  | "nothing";

export interface Waker {
  readonly kind: WakerKind;
  /** Such as `"drain" of Socket` or `Pool._pendingQueue[…]`; empty where the kind says all. */
  readonly label: string;
}

/** Owners in a label: the nearest one alone may be no more than an item of a queue. */
const mostNames = 2;
/** Holders that are climbed; whoever is further away has little to do with it. */
const mostSteps = 64;
const nothing: Waker = { kind: "nothing", label: "" };

/**
 * Names what would settle a promise, by the nearest holders of its `resolve` function that say something: a timer,
 * a listener, a native object, a collection, or the objects whose properties lead there.
 */
export function createWakers(
  graph: HeapGraph,
  { settlerEdge, edgeBefore }: Resumption,
): (promise: number) => Waker {
  const tops = new Map<NodeRow, NodeRow>();

  /** The first of a list of like objects, each the property of the one before. */
  const firstOfList = (row: NodeRow): NodeRow => {
    const passed: NodeRow[] = [];
    let at = row;
    for (;;) {
      const known = tops.get(at);
      if (known !== undefined) {
        at = known;
        break;
      }
      const edge = edgeBefore(at);
      if (edge === -1 || edgeType(graph, edge) !== graph.types.edge.property) break;
      const before = edgeSource(graph, edge);
      if (nodeName(graph, before) !== nodeName(graph, at)) break;
      passed.push(at);
      at = before;
    }
    for (const one of passed) tops.set(one, at);
    return at;
  };

  return (promise) => {
    const settler = settlerEdge(promise);
    if (settler === -1) return nothing;
    const names: string[] = [];
    let variable: string | null = null;
    let inCollection = false;
    let isQueue = false;
    let row = edgeSource(graph, settler);
    for (let step = 0; step < mostSteps && names.length < mostNames; step++) {
      const whole = names.length === 0 && !inCollection ? wholeAnswer(graph, row) : null;
      if (whole !== null) return whole;
      row = firstOfList(row);
      const edge = edgeBefore(row);
      if (edge === -1) break;
      if (names.length === 0) {
        const found = emitterListenerOf(graph, edge, edgeSource(graph, settler), edgeBefore);
        if (found !== null)
          return { kind: "listener", label: `"${found.event}" of ${found.emitter}` };
      }
      row = edgeSource(graph, edge);
      const kind = nodeKind(graph, row);
      if (kind === "root" || kind === "global") break;
      if (isCollection(graph, row)) {
        inCollection = true;
        isQueue = true;
        continue;
      }
      const owner = ownerName(graph, edge, row, edgeBefore);
      if (owner === null) continue;
      if (kind !== "object" && !inCollection) {
        variable ??= owner;
        continue;
      }
      if (names.length === 0 && !inCollection && wholeAnswer(graph, row) !== null) continue;
      names.push(inCollection ? `${owner}[…]` : owner);
      inCollection = false;
    }
    if (names.length === 0 && variable !== null) names.push(variable);
    if (names.length === 0) return { kind: "object", label: nodeWords(graph, row) };
    return { kind: isQueue ? "queue" : "object", label: names.toReversed().join(" → ") };
  };
}

/** `Pool._pendingQueue`, `lockQueue`; null for an edge that the program gave no name. */
function ownerName(
  graph: HeapGraph,
  edge: EdgeRow,
  holder: NodeRow,
  edgeBefore: Resumption["edgeBefore"],
): string | null {
  const type = edgeType(graph, edge);
  const words = edgeWords(graph, edge, holder);
  if (type === graph.types.edge.context) return words;
  // A dictionary's numbers are data rather than names.
  if (type !== graph.types.edge.property || nodeKind(graph, holder) !== "object") return null;
  if (/^\d+$/.test(words)) return null;
  const owner = nodeWords(graph, holder);
  if (owner !== "Object") return `${owner}.${words}`;
  const before = edgeBefore(holder);
  const named = before === -1 ? null : namedBy(graph, before);
  return `${named ?? owner}.${words}`;
}

/** What a plain object is called where it is kept. */
function namedBy(graph: HeapGraph, edge: EdgeRow): string | null {
  const type = edgeType(graph, edge);
  const { property, context } = graph.types.edge;
  if (type !== property && type !== context) return null;
  const words = edgeWords(graph, edge, edgeSource(graph, edge));
  return /^\d+$/.test(words) ? null : words;
}

/** A node that says by itself what will come. */
function wholeAnswer(graph: HeapGraph, row: NodeRow): Waker | null {
  const kind = nodeKind(graph, row);
  if (kind === "native") return { kind: "native", label: nodeWords(graph, row) };
  if (kind === "root") return { kind: "native", label: nodeWords(graph, row) };
  if (kind !== "object") return null;
  const name = nodeName(graph, row);
  if (name === "Timeout") return { kind: "timer", label: "" };
  if (name === "Immediate") return { kind: "immediate", label: "" };
  return isGenerator(graph, row) ? { kind: "suspended function", label: "" } : null;
}

const collections: ReadonlySet<string> = new Set(["Array", "Map", "Set", "WeakMap"]);

const isCollection = (graph: HeapGraph, row: NodeRow): boolean =>
  nodeKind(graph, row) === "object" && collections.has(nodeName(graph, row));
