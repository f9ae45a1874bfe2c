import { edgesBegin, edgesEnd, type HeapGraph, type NodeRow } from "./heapGraph.ts";

const attached = 1;
const detached = 2;

/**
 * Tells which native nodes are detached, as Chrome DevTools does (HeapSnapshot.ts, propagateDOMState): those that
 * the snapshot says it of, and what they lead to over native nodes, except what an attached one leads to as well. Node
 * up to 22 says it of its own objects that do not hold their JavaScript object.
 */
export function detachedNodesOf(graph: HeapGraph): (row: NodeRow) => boolean {
  const states = graph.columns.nodes.detachedness;
  if (states === null || !states.some((state) => state !== 0)) return () => false;
  const { nodeType: types } = graph.columns.nodes;
  const { edgeType, edgeTarget } = graph.columns.edges;
  const { native } = graph.types.node;
  const { hidden, weak } = graph.types.edge;
  const settled = new Uint8Array(graph.nodeCount);
  for (const [row, state] of states.entries()) if (types[row] === native) settled[row] = state;

  for (const state of [attached, detached]) {
    const stack: NodeRow[] = [];
    for (const [row, own] of settled.entries()) if (own === state) stack.push(row as NodeRow);
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      const end = edgesEnd(graph, row);
      for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
        const target = edgeTarget[edge]!;
        if (edgeType[edge] === hidden || edgeType[edge] === weak) continue;
        if (types[target] !== native || settled[target] !== 0) continue;
        settled[target] = state;
        stack.push(target as NodeRow);
      }
    }
  }
  return (row) => settled[row] === detached;
}
