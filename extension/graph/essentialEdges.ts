import { type EphemeronNames, readEphemeronNames } from "./ephemeronNames.ts";
import {
  type EdgeRow,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
  rootRow,
} from "./heapGraph.ts";

/** One bit for each edge: whether it counts when dominators are computed. */
export interface EssentialEdges {
  has(edge: EdgeRow): boolean;
  readonly bits: Uint8Array;
}

/**
 * The edges that Chrome DevTools lets count for dominators (HeapSnapshot.ts, computeIsEssentialEdge): all but
 * weak ones, edges from a node to itself, shortcuts that start anywhere but at the root, those from a WeakMap's
 * table to a value (it hangs on its key), and those from a node that no user's global object reaches to one
 * that some does.
 */
export function essentialEdgesOf(
  graph: HeapGraph,
  names: EphemeronNames = readEphemeronNames(graph.columns),
): EssentialEdges {
  const { nodes, edges } = graph.columns;
  const { edgeType: types, edgeTarget: targets, edgeNameOrIndex } = edges;
  const { weak, shortcut, internal } = graph.types.edge;
  const { entryOf, tableId } = names;
  const isUsers = reachedFromUserGlobals(graph);
  const bits = new Uint8Array((edges.count + 7) >>> 3);
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    const end = edgesEnd(graph, row);
    for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
      const type = types[edge];
      const target = targets[edge]!;
      if (type === weak || target === row) continue;
      if (type === internal) {
        const entry = entryOf[edgeNameOrIndex[edge]!]!;
        if (entry !== 0 && tableId[entry] === nodes.nodeId[row]) continue;
      }
      if (row !== rootRow && (type === shortcut || isUsers[target]! > isUsers[row]!)) continue;
      bits[edge >>> 3]! |= 1 << (edge & 7);
    }
  }
  return { bits, has: (edge) => (bits[edge >>> 3]! & (1 << (edge & 7))) !== 0 };
}

/** 1 for each node that is reached from a global object of the user's, which the root holds by a shortcut. */
function reachedFromUserGlobals(graph: HeapGraph): Uint8Array {
  const { edgeType: types, edgeTarget: targets } = graph.columns.edges;
  const { weak, shortcut, element } = graph.types.edge;
  const isReached = new Uint8Array(graph.nodeCount);
  const stack = new Uint32Array(graph.nodeCount);
  let height = 0;
  const reach = (target: number) => {
    if (isReached[target] === 1) return;
    isReached[target] = 1;
    stack[height++] = target;
  };
  const rootEnd = edgesEnd(graph, rootRow);
  for (let edge = edgesBegin(graph, rootRow); edge < rootEnd; edge++) {
    const type = edgeType(graph, edge);
    const target = edgeTarget(graph, edge);
    if (type === shortcut || (type === element && isDomTrees(graph, target))) reach(target);
  }
  while (height > 0) {
    const row = stack[--height]! as NodeRow;
    const end = edgesEnd(graph, row);
    for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
      if (types[edge] !== weak) reach(targets[edge]!);
    }
  }
  return isReached;
}

/** Only a browser's heap has it. */
export function isDomTrees(graph: HeapGraph, row: NodeRow): boolean {
  return (
    nodeType(graph, row) === graph.types.node.synthetic &&
    nodeName(graph, row) === "(Document DOM trees)"
  );
}
