import { isDomTrees } from "./essentialEdges.ts";
import {
  edgesBegin,
  edgesEnd,
  edgeTarget,
  type HeapGraph,
  type NodeRow,
  nodeType,
  rootRow,
} from "./heapGraph.ts";

/**
 * What the root leads to and V8 did not make up, as Chrome DevTools does: by edges of any kind, and as often as there
 * are edges. Without any, the snapshot was taken with V8's internals exposed.
 */
export function userRootsOf(graph: HeapGraph): NodeRow[] {
  const roots: NodeRow[] = [];
  const end = edgesEnd(graph, rootRow);
  for (let edge = edgesBegin(graph, rootRow); edge < end; edge++) {
    const target = edgeTarget(graph, edge);
    if (nodeType(graph, target) !== graph.types.node.synthetic || isDomTrees(graph, target)) {
      roots.push(target);
    }
  }
  return roots;
}
