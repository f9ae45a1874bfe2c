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
 * Walks from the root breadth-first over every edge that keeps its target alive. Values of a WeakMap count
 * from their key and not from the map's table, as in Chrome DevTools: without the key they'd be gone.
 */
export function strongWalk(graph: HeapGraph, options: WalkOptions = {}): ContinuableWalk {
  const distance = new Int32Array(graph.nodeCount).fill(-1);
  const parentEdge = new Int32Array(graph.nodeCount).fill(-1);
  const queue = new Uint32Array(graph.nodeCount);
  const { edgeTarget, edgeType } = graph.columns.edges;
  const weak = graph.types.edge.weak;
  const entries = weakMapEntriesOf(graph);
  const skipEdge = options.skipEdge;
  let head = 0;
  let tail = 0;

  const walkOn = () => {
    let untilCheckpoint = nodesBetweenCheckpoints;
    while (head < tail) {
      if (--untilCheckpoint === 0) {
        untilCheckpoint = nodesBetweenCheckpoints;
        options.checkpoint?.();
      }
      const from = queue[head++]! as NodeRow;
      const next = distance[from]! + 1;
      const isTable = entries.isTable(from);
      const end = edgesEnd(graph, from);
      for (let edge = edgesBegin(graph, from) as number; edge < end; edge++) {
        const to = edgeTarget[edge]!;
        if (distance[to] !== -1 || edgeType[edge] === weak) continue;
        if (isTable && entries.isHeldByTable(edge as EdgeRow, from)) continue;
        if (skipEdge?.(edge as EdgeRow, from)) continue;
        distance[to] = next;
        parentEdge[to] = edge;
        queue[tail++] = to;
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
      for (const edge of seeds) {
        const to = edgeTarget[edge]!;
        if (distance[to] !== -1) continue;
        distance[to] = 1;
        parentEdge[to] = edge;
        queue[tail++] = to;
      }
      walkOn();
    },
  };
}
