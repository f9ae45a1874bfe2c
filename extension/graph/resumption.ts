import {
  childNamed,
  type EdgeRow,
  edgeSource,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
} from "./heapGraph.ts";
import { nativeContexts } from "./nativeContexts.ts";
import { continuationKinds, isSlot, type PendingPromises } from "./pendingPromises.ts";
import { forEachRetainer } from "./retainers.ts";
import { strongWalk } from "./strongWalk.ts";

/** By what a promise can be settled: running code, a function that waits for others, or nothing. */
export type SettledBy = "program" | "suspended functions" | "nothing";

/** Which suspended functions can go on, and what would make them. */
export interface Resumption {
  settledBy(promise: number): SettledBy;
  /** Whether the function suspended at an `await` can ever go on. */
  canResume(generator: NodeRow): boolean;
  /**
   * The edges from the root, or from a function that can't go on, to what settles the promise: its `resolve` or
   * `reject` function, or who else keeps it to settle it. Empty when nothing does.
   */
  pathToSettler(promise: number): readonly EdgeRow[];
  /** The edge by which something that settles the promise leads to it; -1 when nothing does. */
  settlerEdge(promise: number): EdgeRow | -1;
  /** The edge before a node on its way from the root, or from a function that can't go on; -1 at its start. */
  edgeBefore(row: NodeRow): EdgeRow | -1;
}

const contextName = "system / Context";

/** Nodes that hold a promise without having a way to settle it, although V8 gives their edges no name. */
const onlyHolds = [
  "system / PropertyArray",
  "system / Cell",
  "system / PropertyCell",
  "system / WeakCell",
];

/**
 * Finds what the program can still resume, by a walk that treats suspended functions as the collector of
 * Golf does blocked goroutines (Saioc, Lange, Møller: "Dynamic Partial Deadlock Detection and Recovery via
 * Garbage Collection", ASPLOS 2025): a promise that is reached doesn't lead on to what waits for it until
 * something that can settle it is reached too, such as its `resolve` function, the function whose result it
 * is, or native code. What it never comes to waits for ever. A second walk, from those functions themselves,
 * tells what only they could settle.
 */
export function resumptionOf(
  graph: HeapGraph,
  promises: PendingPromises,
  checkpoint?: () => void,
): Resumption {
  const marks = marksOf(graph, promises);
  const settler = new Int32Array(promises.count).fill(-1);
  const settledIn = new Uint8Array(promises.count);
  const resumer = new Map<NodeRow, EdgeRow>();
  const resumedIn = new Map<NodeRow, number>();
  const isOrdinary = holdersOnly(graph);
  const tablesOfAtomics = waitingForAtomics(graph);
  let phase = 1;
  const nothing: readonly EdgeRow[] = [];

  const isWaiting = (row: NodeRow) => (marks[row]! & generatorMark) !== 0 && !resumedIn.has(row);

  const settle = (from: NodeRow, found: EdgeRow[]) => {
    const end = edgesEnd(graph, from);
    for (let edge = edgesBegin(graph, from); edge < end; edge++) {
      const promise = promises.numberOf(edgeTarget(graph, edge));
      if (promise === -1 || settledIn[promise] !== 0) continue;
      if (!tablesOfAtomics.has(from) && !canSettle(graph, edge, from, isOrdinary)) continue;
      settledIn[promise] = phase;
      settler[promise] = edge;
      found.push(promises.reactions[promise]! as EdgeRow);
    }
  };

  const walk = strongWalk(graph, {
    skipEdge: (edge, from) => {
      if ((marks[from]! & (promiseMark | generatorMark)) === 0) return false;
      const promise = promises.numberOf(from);
      if (promise === -1) return isWaiting(from);
      return promises.reactions[promise] === edge && settledIn[promise] === 0;
    },
    onVisit(row) {
      const mark = marks[row]!;
      if ((mark & (settlerMark | awaitMark)) === 0 || isWaiting(row)) return nothing;
      // A promise that has been visited already needs its edge now; one that comes later takes it then.
      const found: EdgeRow[] = [];
      if ((mark & awaitMark) !== 0) resume(row, found);
      if ((mark & settlerMark) !== 0) settle(row, found);
      return found;
    },
    ...(checkpoint && { checkpoint }),
  });

  function resume(context: NodeRow, found: EdgeRow[]): void {
    const edge = resumingEdge(graph, context, marks);
    if (edge === -1) return;
    const generator = edgeTarget(graph, edge);
    if (resumedIn.has(generator)) return;
    resumedIn.set(generator, phase);
    resumer.set(generator, edge);
    // The program may hold it as well: then the walk has been there, and has left its edges out.
    found.push(...edgesOf(graph, generator));
    if ((marks[generator]! & settlerMark) !== 0) settle(generator, found);
  }

  phase = 2;
  const stuck = new Set<NodeRow>();
  for (let at = 0; at < promises.kind.length; at++) {
    if (promises.kind[at] !== awaitKind) continue;
    const generator = promises.through[at]! as NodeRow;
    if (!resumedIn.has(generator)) stuck.add(generator);
  }
  for (const generator of stuck) resumedIn.set(generator, phase);
  walk.continueFrom([...stuck].flatMap((generator) => edgesOf(graph, generator)));

  const edgeBefore = (row: NodeRow): EdgeRow | -1 => {
    const edge = walk.parentEdge[row]! as EdgeRow | -1;
    if (edge === -1 || stuck.has(row)) return -1;
    return resumer.get(row) ?? edge;
  };
  return {
    settledBy(promise) {
      if (settledIn[promise] === 1) return "program";
      return settledIn[promise] === 2 ? "suspended functions" : "nothing";
    },
    canResume: (generator) => resumedIn.get(generator) === 1,
    settlerEdge: (promise) => settler[promise]! as EdgeRow | -1,
    edgeBefore,
    pathToSettler(promise) {
      const path: EdgeRow[] = [];
      for (let edge = settler[promise]!; edge !== -1; ) {
        path.push(edge as EdgeRow);
        const from = edgeSource(graph, edge as EdgeRow);
        const waiting = promises.numberOf(from);
        const isReactions = waiting !== -1 && promises.reactions[waiting] === edge;
        edge = isReactions ? settler[waiting]! : edgeBefore(from);
      }
      path.reverse().pop();
      const last = path.at(-1);
      // The context of a function of V8's own says nothing that the function doesn't.
      if (last !== undefined && nodeName(graph, edgeTarget(graph, last)) === contextName)
        path.pop();
      return path;
    },
  };
}

const promiseMark = 1;
const generatorMark = 2;
/** The node has an edge that may settle a promise. */
const settlerMark = 4;
/** The context of the two functions that resume a function at its `await`. */
const awaitMark = 8;
const awaitKind = continuationKinds.indexOf("await");

/** What each node is to the walk, so that it looks twice at few of them only. */
function marksOf(graph: HeapGraph, promises: PendingPromises): Uint8Array {
  const marks = new Uint8Array(graph.nodeCount);
  for (const row of promises.row) marks[row] = promiseMark;
  const { edgeTarget: targets } = graph.columns.edges;
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    const end = edgesEnd(graph, row);
    for (let edge = edgesBegin(graph, row); edge < end; edge++) {
      if (promises.numberOf(targets[edge]! as NodeRow) !== -1) marks[row]! |= settlerMark;
    }
  }
  for (let at = 0; at < promises.kind.length; at++) {
    if (promises.kind[at] !== awaitKind) continue;
    marks[promises.through[at]!]! |= generatorMark;
  }
  for (let at = 0; at < promises.kind.length; at++) {
    if (promises.kind[at] !== awaitKind) continue;
    forEachRetainer(graph, promises.through[at]! as NodeRow, (edge, from) => {
      if (isSlot(graph, edge) && nodeName(graph, from) === contextName) marks[from]! |= awaitMark;
    });
  }
  return marks;
}

/** Where V8 keeps the promises of `Atomics.waitAsync`, which any thread can settle. */
export function waitingForAtomics(graph: HeapGraph): ReadonlySet<NodeRow> {
  const tables = new Set<NodeRow>();
  for (const context of nativeContexts(graph)) {
    const { internal } = graph.types.edge;
    const table = childNamed(graph, context, internal, "atomics_waitasync_promises");
    if (table !== null) tables.add(table);
  }
  return tables;
}

function holdersOnly(graph: HeapGraph): ReadonlySet<number> {
  return new Set(onlyHolds.map((name) => graph.stringIndex(name)));
}

/**
 * An edge without a name of the program's, from a node that only V8 knows of (the context of a `resolve`
 * function, a reaction, a generator), or any from native code and its wrappers.
 */
function canSettle(
  graph: HeapGraph,
  edge: EdgeRow,
  from: NodeRow,
  isOrdinary: ReadonlySet<number>,
): boolean {
  const { node, edge: types } = graph.types;
  const type = edgeType(graph, edge);
  if (type === types.weak) return false;
  const fromType = nodeType(graph, from);
  if (fromType === node.native || fromType === node.synthetic) return true;
  if (isSlot(graph, edge)) return !isOrdinary.has(graph.columns.nodes.nodeName[from]!);
  return type === types.property && isWrapper(graph, from);
}

/** An object that native code knows, and may keep the promise in that it is going to settle. */
const isWrapper = (graph: HeapGraph, row: NodeRow): boolean =>
  childNamed(graph, row, graph.types.edge.internal, "javascript_to_native") !== null ||
  childNamed(graph, row, graph.types.edge.internal, "native") !== null;

/** The edge of an await's context to the generator that it resumes. */
function resumingEdge(graph: HeapGraph, context: NodeRow, marks: Uint8Array): EdgeRow | -1 {
  const end = edgesEnd(graph, context);
  for (let edge = edgesBegin(graph, context); edge < end; edge++) {
    if ((marks[edgeTarget(graph, edge)]! & generatorMark) !== 0 && isSlot(graph, edge)) return edge;
  }
  return -1;
}

function edgesOf(graph: HeapGraph, row: NodeRow): EdgeRow[] {
  const edges: EdgeRow[] = [];
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    if (edgeType(graph, edge) !== graph.types.edge.weak) edges.push(edge);
  }
  return edges;
}
