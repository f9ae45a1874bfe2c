import {
  type EdgeRow,
  edgesBegin,
  edgesEnd,
  type HeapGraph,
  type NodeRow,
  rootRow,
} from "./heapGraph.ts";
import { weakMapEntriesOf } from "./weakMapEntries.ts";

/** The breadth-first tree of what a collection would keep. */
export interface StrongWalk {
  /** Edges from the start of the walk, or -1 where it never came. */
  readonly distance: Int32Array;
  /** The edge by which the walk first came, or -1 for its start and for what it didn't reach. */
  readonly parentEdge: Int32Array;
}

export interface WalkOptions {
  /** True for an edge that the walk is to leave out, besides the weak ones. */
  readonly skipEdge?: (edge: EdgeRow, from: NodeRow) => boolean;
  /** Called for each node before its edges are followed; returns edges that were left out so far and are no more. */
  readonly onVisit?: (row: NodeRow) => readonly EdgeRow[];
  /** Called every few thousand nodes; may throw to cancel. */
  readonly checkpoint?: () => void;
}

/** An edge to go on from, although the walk would not take it by itself. */
export type SeedEdge = EdgeRow;

/** A walk that can be continued from further edges. */
export interface ContinuableWalk extends StrongWalk {
  /** Goes on from the targets of these edges; counts only what wasn't reached before. */
  continueFrom(seeds: Iterable<SeedEdge>): void;
}

const nodesBetweenCheckpoints = 1 << 14;

/**
 * Walks from the root breadth-first over every edge that keeps its target alive. The value of a WeakMap is
 * reached when both its key and the map's table are (an ephemeron); it hangs on its key, as in Chrome
 * DevTools, unless only a later continuation came to the table: then that is what it hangs on.
 */
export function strongWalk(graph: HeapGraph, options: WalkOptions = {}): ContinuableWalk {
  const distance = new Int32Array(graph.nodeCount).fill(-1);
  const parentEdge = new Int32Array(graph.nodeCount).fill(-1);
  const queue = new Uint32Array(graph.nodeCount);
  const { edgeTarget, edgeType } = graph.columns.edges;
  const { weak, internal } = graph.types.edge;
  const entries = weakMapEntriesOf(graph);
  const { skipEdge, onVisit } = options;
  const visitedTables = new Set<NodeRow>();
  /** Edges from keys that were visited before their table, by table. */
  let waiting = new Map<NodeRow, EdgeRow[]>();
  /** The same from walks before this continuation. */
  const waitingSinceBefore = new Map<NodeRow, EdgeRow[]>();
  let head = 0;
  let tail = 0;

  const reach = (edge: EdgeRow, at: number) => {
    const to = edgeTarget[edge]!;
    if (distance[to] !== -1) return;
    distance[to] = at;
    parentEdge[to] = edge;
    queue[tail++] = to;
  };

  const visitTable = (table: NodeRow, next: number) => {
    visitedTables.add(table);
    for (const edge of waiting.get(table) ?? []) reach(edge, next);
    waiting.delete(table);
    const older = waitingSinceBefore.get(table);
    if (older === undefined) return;
    waitingSinceBefore.delete(table);
    const values = new Set(older.map((edge) => edgeTarget[edge]));
    const end = edgesEnd(graph, table);
    for (let edge = edgesBegin(graph, table); edge < end; edge++) {
      if (entries.tableOf(edge) === table && values.has(edgeTarget[edge])) reach(edge, next);
    }
  };

  /** True when the edge is an entry's and must not be followed now. */
  const mustWait = (edge: EdgeRow, from: NodeRow): boolean => {
    const table = entries.tableOf(edge);
    if (table === -1) return false;
    if (table === from) return true;
    if (visitedTables.has(table)) return false;
    const edges = waiting.get(table);
    if (edges === undefined) waiting.set(table, [edge]);
    else edges.push(edge);
    return true;
  };

  const walkOn = () => {
    let untilCheckpoint = nodesBetweenCheckpoints;
    while (head < tail) {
      if (--untilCheckpoint === 0) {
        untilCheckpoint = nodesBetweenCheckpoints;
        options.checkpoint?.();
      }
      const from = queue[head++]! as NodeRow;
      const next = distance[from]! + 1;
      if (entries.isTable(from)) visitTable(from, next);
      if (onVisit) for (const edge of onVisit(from)) reach(edge, next);
      const end = edgesEnd(graph, from);
      for (let edge = edgesBegin(graph, from); edge < end; edge++) {
        if (distance[edgeTarget[edge]!] !== -1) continue;
        const type = edgeType[edge];
        if (type === weak || (type === internal && mustWait(edge, from))) continue;
        if (skipEdge?.(edge, from)) continue;
        reach(edge, next);
      }
    }
  };

  distance[rootRow] = 0;
  queue[tail++] = rootRow;
  walkOn();

  return {
    distance,
    parentEdge,
    continueFrom(seeds) {
      for (const [table, edges] of waiting) {
        waitingSinceBefore.set(table, [...(waitingSinceBefore.get(table) ?? []), ...edges]);
      }
      waiting = new Map();
      for (const edge of seeds) reach(edge, 1);
      walkOn();
    },
  };
}
