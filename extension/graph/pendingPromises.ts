import { isModule, promisesOfModule } from "./asyncModules.ts";
import { builtinOf } from "./builtinFunction.ts";
import {
  childNamed,
  type EdgeRow,
  edgeNameOrIndex,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeType,
} from "./heapGraph.ts";

/** What goes on when a promise settles. */
export const continuationKinds = [
  /** A function suspended at an `await`. */
  "await",
  /** A callback given to `then` or `catch`. */
  "then",
  "finally",
  "Promise.all",
  "Promise.allSettled",
  "Promise.any",
  /** The first of several promises decides another one. */
  "Promise.race",
  /** Another promise was resolved with this one and takes over what becomes of it. */
  "adopt",
  /** A function of V8 itself, without a meaning of its own for the user. */
  "engine",
] as const;
export type ContinuationKind = (typeof continuationKinds)[number];

/**
 * The promises that are pending and that something waits for, as columns: each has continuations, numbered
 * from `first[promise]` to below `first[promise + 1]`. A promise is its number here, 0 … count − 1.
 */
export interface PendingPromises {
  readonly count: number;
  /** The node of each promise. */
  readonly row: Uint32Array;
  /** The edge of each promise that leads to what waits for it. */
  readonly reactions: Uint32Array;
  readonly first: Uint32Array;
  /** Index into `continuationKinds`. */
  readonly kind: Uint8Array;
  /** The suspended generator of an `await`, the callback otherwise; -1 for one that is no JavaScript. */
  readonly through: Int32Array;
  /** The promise that is settled in turn; -1 when nothing waits for that one. */
  readonly next: Int32Array;
  /** The promise's number, or -1 for a node that is none. */
  numberOf(row: NodeRow): number;
}

const reactionName = "system / PromiseReaction";
const capabilityName = "system / PromiseCapability";
const requestName = "system / AsyncGeneratorRequest";

/** Much longer lists of reactions or requests than V8 can make mean a damaged file. */
const longestList = 1 << 26;

/**
 * Reads promises, their reactions and the functions that wait for them. A pending promise has a list of
 * `PromiseReaction`s where a settled one has its value. A reaction has the two handlers and the promise that
 * `then` returned (ECMAScript, "PromiseReaction Records"); which field is which differs between versions, so
 * each is known by what it leads to. An `await` has two handlers of V8's own whose context's `extension` is
 * the suspended generator.
 */
export function pendingPromisesOf(graph: HeapGraph): PendingPromises {
  const words = wordsOf(graph);
  const rows: number[] = [];
  const reactionEdges: number[] = [];
  const { edges, nodes } = graph.columns;
  const { internal } = graph.types.edge;
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (nodeType(graph, row) !== graph.types.node.object) continue;
    const end = edgesEnd(graph, row);
    for (let edge = edgesBegin(graph, row); edge < end; edge++) {
      if (edges.edgeNameOrIndex[edge] !== words.reactions || edges.edgeType[edge] !== internal)
        continue;
      if (nodes.nodeName[edges.edgeTarget[edge]!] !== words.reaction) continue;
      rows.push(row);
      reactionEdges.push(edge);
    }
  }
  const numbers = new Int32Array(rows.length === 0 ? 0 : graph.nodeCount).fill(-1);
  for (const [number, row] of rows.entries()) numbers[row] = number;
  const numberOf = (row: NodeRow) => numbers[row] ?? -1;

  const first = new Uint32Array(rows.length + 1);
  const kinds: number[] = [];
  const throughs: number[] = [];
  const nexts: number[] = [];
  for (const [number, edge] of reactionEdges.entries()) {
    first[number] = kinds.length;
    for (const reaction of listOf(graph, edgeTarget(graph, edge as EdgeRow), words.reaction)) {
      const { kind, through, next } = continuationOf(graph, reaction, words);
      const numbers = next.map(numberOf).filter((promise) => promise !== -1);
      for (const promise of numbers.length > 0 ? numbers : [-1]) {
        kinds.push(continuationKinds.indexOf(kind));
        throughs.push(through ?? -1);
        nexts.push(promise);
      }
    }
  }
  first[rows.length] = kinds.length;
  const next = Int32Array.from(nexts);
  const kind = Uint8Array.from(kinds);
  nameRaces(kind, next, rows.length);
  return {
    count: rows.length,
    row: Uint32Array.from(rows),
    reactions: Uint32Array.from(reactionEdges),
    first,
    kind,
    through: Int32Array.from(throughs),
    next,
    numberOf,
  };
}

/** A generator object: an async function, generator or async generator that was called. */
export function isGenerator(graph: HeapGraph, row: NodeRow): boolean {
  const { internal } = graph.types.edge;
  return (
    nodeType(graph, row) === graph.types.node.object &&
    childNamed(graph, row, internal, "parameters_and_registers") !== null
  );
}

interface Continuation {
  readonly kind: ContinuationKind;
  readonly through: NodeRow | null;
  /** The promises that it settles: several only for an async generator that was asked for several values. */
  readonly next: readonly NodeRow[];
}

interface Words {
  readonly reactions: number;
  readonly reaction: number;
  readonly capability: number;
  readonly request: number;
  readonly promise: number;
}

const wordsOf = (graph: HeapGraph): Words => ({
  reactions: graph.stringIndex("reactions_or_result"),
  reaction: graph.stringIndex(reactionName),
  capability: graph.stringIndex(capabilityName),
  request: graph.stringIndex(requestName),
  promise: graph.stringIndex("Promise"),
});

/** A node, and those of its name that hang on it one behind the other. */
function* listOf(graph: HeapGraph, head: NodeRow, name: number): Iterable<NodeRow> {
  let row: NodeRow | null = head;
  for (let length = 0; row !== null && length < longestList; length++) {
    yield row;
    let behind: NodeRow | null = null;
    for (const child of hiddenChildren(graph, row)) {
      if (graph.columns.nodes.nodeName[child] === name && child !== row) behind ??= child;
    }
    row = behind;
  }
}

/**
 * Whether an edge of V8's own has no name: a field of one of its structures, or a slot of the contexts of its
 * functions. In contexts that optimised code made the first slot is called a scope's `extension`.
 */
export function isSlot(graph: HeapGraph, edge: EdgeRow): boolean {
  const type = edgeType(graph, edge);
  if (type === graph.types.edge.hidden) return true;
  return (
    type === graph.types.edge.internal &&
    edgeNameOrIndex(graph, edge) === graph.stringIndex("extension")
  );
}

function* slotsOf(graph: HeapGraph, row: NodeRow): Iterable<NodeRow> {
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    if (isSlot(graph, edge)) yield edgeTarget(graph, edge);
  }
}

function* hiddenChildren(graph: HeapGraph, row: NodeRow): Iterable<NodeRow> {
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    if (edgeType(graph, edge) === graph.types.edge.hidden) yield edgeTarget(graph, edge);
  }
}

function continuationOf(graph: HeapGraph, reaction: NodeRow, words: Words): Continuation {
  const { node } = graph.types;
  const handlers: NodeRow[] = [];
  let derived: NodeRow | null = null;
  for (const child of hiddenChildren(graph, reaction)) {
    const type = nodeType(graph, child);
    if (type === node.closure || isBound(graph, child)) handlers.push(child);
    else derived ??= promiseBehind(graph, child, words);
  }
  return throughHandler(graph, handlers, derived === null ? [] : [derived], words);
}

function throughHandler(
  graph: HeapGraph,
  handlers: readonly NodeRow[],
  derived: readonly NodeRow[],
  words: Words,
): Continuation {
  // With both handlers given, the first is that for rejections and the second that for values.
  const handler = handlers.at(-1);
  if (handler === undefined) return { kind: "engine", through: null, next: derived };
  const builtin = graph.locationOf(handler) === -1 ? builtinOf(graph, handler) : null;
  if (builtin === null) return { kind: "then", through: handler, next: derived };
  const context = childNamed(graph, handler, graph.types.edge.internal, "context");
  const slots = context === null ? [] : [...slotsOf(graph, context)];
  const generator = builtin.startsWith("Async")
    ? slots.find((row) => isGenerator(graph, row))
    : undefined;
  if (generator !== undefined)
    return { kind: "await", through: generator, next: resultsOf(graph, generator, words) };
  if (/^Promise(?:Then|Catch)Finally$/.test(builtin)) {
    const callback = slots.find((row) => nodeType(graph, row) === graph.types.node.closure);
    return { kind: "finally", through: callback ?? null, next: derived };
  }
  const module = slots.find((row) => isModule(graph, row));
  if (module !== undefined)
    return { kind: "engine", through: null, next: promisesOfModule(graph, module) };
  const settled = slots.flatMap((row) => promiseBehind(graph, row, words) ?? []);
  // Only a rejection tells `any` from a race: its first value decides as well.
  const isAny = handlers.some((row) => builtinOf(graph, row)?.startsWith("PromiseAny"));
  return {
    kind: isAny ? "Promise.any" : kindOfBuiltin(builtin),
    through: null,
    next: settled.length > 0 ? settled : derived,
  };
}

function kindOfBuiltin(builtin: string): ContinuationKind {
  if (builtin.startsWith("PromiseAllSettled")) return "Promise.allSettled";
  if (builtin.startsWith("PromiseAll")) return "Promise.all";
  return builtin.startsWith("PromiseCapabilityDefault") ? "adopt" : "engine";
}

/** The promises that a suspended function settles: an async function its own, a generator one for each `next()`. */
function resultsOf(graph: HeapGraph, generator: NodeRow, words: Words): NodeRow[] {
  const results: NodeRow[] = [];
  for (const child of hiddenChildren(graph, generator)) {
    const name = graph.columns.nodes.nodeName[child]!;
    if (name === words.request) {
      for (const request of listOf(graph, child, words.request)) {
        const promise = [...hiddenChildren(graph, request)]
          .filter((row) => graph.columns.nodes.nodeName[row] === words.promise)
          .at(-1);
        if (promise !== undefined) results.push(promise);
      }
    } else if (name === words.promise) {
      results.push(child);
    }
  }
  return results;
}

/** A promise itself, or the one in a capability (ECMAScript, "PromiseCapability Records"). */
function promiseBehind(graph: HeapGraph, row: NodeRow, words: Words): NodeRow | null {
  const { nodeName } = graph.columns.nodes;
  if (nodeName[row] === words.capability) {
    for (const child of hiddenChildren(graph, row)) {
      if (nodeType(graph, child) === graph.types.node.object) return child;
    }
    return null;
  }
  if (nodeType(graph, row) !== graph.types.node.object) return null;
  if (nodeName[row] === words.promise) return row;
  const { internal } = graph.types.edge;
  return childNamed(graph, row, internal, "reactions_or_result") === null ? null : row;
}

const isBound = (graph: HeapGraph, row: NodeRow): boolean =>
  childNamed(graph, row, graph.types.edge.internal, "bound_function") !== null;

/** One promise that several others may settle is a race; with one it only takes over. */
function nameRaces(kind: Uint8Array, next: Int32Array, promises: number): void {
  const adopt = continuationKinds.indexOf("adopt");
  const race = continuationKinds.indexOf("Promise.race");
  const sources = new Uint32Array(promises);
  for (let at = 0; at < kind.length; at++) {
    if (kind[at] === adopt && next[at] !== -1) sources[next[at]!]!++;
  }
  for (let at = 0; at < kind.length; at++) {
    if (kind[at] === adopt && next[at] !== -1 && sources[next[at]!]! > 1) kind[at] = race;
  }
}
