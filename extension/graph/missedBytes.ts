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
  let seenIn = new Uint32Array(0);
  let sum = 0;

  return (starts, isMissed) => {
    // Made when first asked for: most heaps have nothing to add up.
    if (seenIn.length === 0 && starts.length > 0) seenIn = new Uint32Array(graph.nodeCount);
    sum++;
    const stack: NodeRow[] = [];
    let bytes = 0;
    const reach = (row: NodeRow) => {
      if (seenIn[row] === sum || !isMissed(row)) return;
      seenIn[row] = sum;
      stack.push(row);
      bytes += nodeSelfSize[row]!;
    };
    for (const start of starts) reach(start);
    for (let from = stack.pop(); from !== undefined; from = stack.pop()) {
      const end = edgesEnd(graph, from);
      for (let edge = edgesBegin(graph, from); edge < end; edge++) {
        if (edgeType[edge] === weak || entries.tableOf(edge) === from) continue;
        if (!released.isReleased(edge, from)) reach(edgeTarget[edge]! as NodeRow);
      }
    }
    return bytes;
  };
}
