import {
  type EdgeRow,
  edgeSource,
  edgesBegin,
  edgesEnd,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";
import type { ReleasedEdges } from "./releasedEdges.ts";
import { weakMapEntriesOf } from "./weakMapEntries.ts";

/** Searches for the short path from one registration's held value, or one registry's callback, to a target. */
export interface OwnPaths {
  /**
   * Walks from the target of `start` until it comes to `target` or has seen `maxNodes`. Returns the edges from
   * `start` on, or null. It stays among the nodes that `mayVisit` allows.
   */
  find(start: EdgeRow, target: NodeRow, maxNodes: number): EdgeRow[] | null;
}

export function createOwnPaths(
  graph: HeapGraph,
  released: ReleasedEdges,
  mayVisit: (row: NodeRow) => boolean,
): OwnPaths {
  const { edgeTarget, edgeType } = graph.columns.edges;
  const weak = graph.types.edge.weak;
  const entries = weakMapEntriesOf(graph);
  /** The search in which a row was last seen, so that nothing is cleared between two searches. */
  const seenIn = new Uint32Array(graph.nodeCount);
  const parentEdge = new Int32Array(graph.nodeCount);
  let search = 0;

  const pathTo = (target: NodeRow, start: EdgeRow): EdgeRow[] => {
    const path: EdgeRow[] = [];
    for (let row = target; ; ) {
      const edge = parentEdge[row]! as EdgeRow;
      path.push(edge);
      if (edge === start) return path.reverse();
      row = edgeSource(graph, edge);
    }
  };

  return {
    find(start, target, maxNodes) {
      search++;
      const first = edgeTarget[start]! as NodeRow;
      if (!mayVisit(first)) return null;
      const queue: NodeRow[] = [first];
      seenIn[first] = search;
      parentEdge[first] = start;
      for (let head = 0; head < queue.length; head++) {
        const from = queue[head]!;
        if (from === target) return pathTo(target, start);
        const end = edgesEnd(graph, from);
        for (let edge = edgesBegin(graph, from); edge < end; edge++) {
          const to = edgeTarget[edge]! as NodeRow;
          if (seenIn[to] === search || edgeType[edge] === weak || !mayVisit(to)) continue;
          // An entry's value hangs on its key, if this search may visit that.
          if (entries.tableOf(edge) === from) continue;
          if (released.isReleased(edge, from)) continue;
          seenIn[to] = search;
          parentEdge[to] = edge;
          if (to === target) return pathTo(target, start);
          if (queue.length === maxNodes) return null;
          queue.push(to);
        }
      }
      return null;
    },
  };
}
