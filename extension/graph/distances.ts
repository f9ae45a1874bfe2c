import { type EphemeronNames, readEphemeronNames } from "./ephemeronNames.ts";
import {
  type EdgeRow,
  edgeName,
  edgeNameOrIndex,
  edgesBegin,
  edgesEnd,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeType,
  rootRow,
} from "./heapGraph.ts";
import { userRootsOf } from "./userRoots.ts";

/** The root's distance when there are user roots: what only V8 itself reaches is farther than this. */
export const systemDistance = 100_000_000;

/** The distance of a node that no walk reaches. */
export const noDistance = -5;

/**
 * Each node's distance from the user's roots as Chrome DevTools shows it (HeapSnapshot.ts, calculateDistances): a
 * breadth-first walk from what the root leads to, then one from the root for the rest. A value of a WeakMap is
 * reached over the second of its two edges that the walk meets, by key or table; the doubtful links of V8's
 * descriptor arrays and one of its contexts' edges are left out.
 */
export function distancesOf(
  graph: HeapGraph,
  names: EphemeronNames = readEphemeronNames(graph.columns),
): Int32Array {
  const { edgeType: types, edgeTarget: targets } = graph.columns.edges;
  const { weak } = graph.types.edge;
  const userRoots = userRootsOf(graph);
  const distance = new Int32Array(graph.nodeCount).fill(noDistance);
  // DevTools enters a user root once for each edge to it.
  const queue = new Uint32Array(graph.nodeCount + userRoots.length);
  const leavesOut = edgeFilter(graph, names);
  let head = 0;
  let tail = 0;

  const walk = () => {
    while (head < tail) {
      const row = queue[head++]! as NodeRow;
      const next = distance[row]! + 1;
      const end = edgesEnd(graph, row);
      for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
        const target = targets[edge]!;
        if (types[edge] === weak || distance[target] !== noDistance) continue;
        if (leavesOut(edge as EdgeRow, row)) continue;
        distance[target] = next;
        queue[tail++] = target;
      }
    }
  };

  for (const row of userRoots) {
    distance[row] = 1;
    queue[tail++] = row;
  }
  walk();
  distance[rootRow] = userRoots.length > 0 ? systemDistance : 0;
  head = 0;
  tail = 1;
  queue[0] = rootRow;
  walk();
  return distance;
}

/** Tells for an edge to a node not yet reached whether the walk must not take it now. */
function edgeFilter(
  graph: HeapGraph,
  { entryOf, tableId }: EphemeronNames,
): (edge: EdgeRow, from: NodeRow) => boolean {
  const { nodeName } = graph.columns.nodes;
  const { internal, element, hidden } = graph.types.edge;
  const { array, hidden: hiddenNode } = graph.types.node;
  const descriptors = graph.stringIndex("(map descriptors)");
  const nativeContext = graph.stringIndex("system / NativeContext");
  const sloppyFunctionMap = graph.stringIndex("sloppy_function_map");
  /** 1 for an entry of which one edge was met. */
  const isHalf = new Uint8Array(tableId.length);

  return (edge, from) => {
    const type = edgeType(graph, edge);
    const name = edgeNameOrIndex(graph, edge);
    const fromType = nodeType(graph, from);
    if (
      fromType === hiddenNode &&
      nodeName[from] === nativeContext &&
      name === sloppyFunctionMap &&
      type !== element &&
      type !== hidden
    ) {
      return true;
    }
    if (fromType === array && nodeName[from] === descriptors) {
      const index = Number.parseInt(edgeName(graph, edge), 10);
      return index >= 2 && index % 3 === 1;
    }
    const entry = type === internal ? entryOf[name]! : 0;
    if (entry === 0) return false;
    isHalf[entry]! ^= 1;
    return isHalf[entry] === 1;
  };
}
