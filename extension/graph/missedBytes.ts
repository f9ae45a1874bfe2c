import { edgesBegin, edgesEnd, type HeapGraph, type NodeRow } from "./heapGraph.ts";
import type { ReleasedEdges } from "./releasedEdges.ts";
import { weakMapEntriesOf } from "./weakMapEntries.ts";

/**
 * Adds up the shallow sizes of all rows that `starts` reach, themselves among them, over strong edges and without
 * leaving the rows that `isMissed` names. A value of a WeakMap hangs on its key.
 */
export type MissedBytes = (
  starts: readonly NodeRow[],
  isMissed: (row: NodeRow) => boolean,
) => number;

export function createMissedBytes(graph: HeapGraph, released: ReleasedEdges): MissedBytes {
  const { edgeTarget, edgeType } = graph.columns.edges;
  const { nodeSelfSize } = graph.columns.nodes;
  const { weak } = graph.types.edge;
  const entries = weakMapEntriesOf(graph);
  /** The sum for which a row was last seen, so that nothing is cleared between two. */
  const seenIn = new Uint32Array(graph.nodeCount);
  const stack = new Uint32Array(graph.nodeCount);
  let sum = 0;

  return (starts, isMissed) => {
    sum++;
    let height = 0;
    let bytes = 0;
    const reach = (row: NodeRow) => {
      if (seenIn[row] === sum || !isMissed(row)) return;
      seenIn[row] = sum;
      stack[height++] = row;
      bytes += nodeSelfSize[row]!;
    };
    for (const start of starts) reach(start);
    while (height > 0) {
      const from = stack[--height]! as NodeRow;
      const end = edgesEnd(graph, from);
      for (let edge = edgesBegin(graph, from); edge < end; edge++) {
        if (edgeType[edge] === weak || entries.tableOf(edge) === from) continue;
        if (!released.isReleased(edge, from)) reach(edgeTarget[edge]! as NodeRow);
      }
    }
    return bytes;
  };
}
