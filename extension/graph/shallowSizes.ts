import { edgesBegin, edgesEnd, type HeapGraph, type NodeRow, rootRow } from "./heapGraph.ts";
import { userRootsOf } from "./userRoots.ts";

const unvisited = 0xffff_ffff;
const severalOwners = 0xffff_fffe;

/**
 * Each node's shallow size in bytes as Chrome DevTools shows it (HeapSnapshot.ts, calculateShallowSizes): what only
 * V8 knows of (hidden nodes, arrays, the data of external strings) and only one object reaches, counts as
 * a part of that object and is itself 0. The sum stays the same. With V8's internals exposed nothing is moved.
 */
export function shallowSizesOf(graph: HeapGraph): Float64Array {
  const sizes = new Float64Array(graph.columns.nodes.nodeSelfSize);
  if (userRootsOf(graph).length === 0) return sizes;
  const owners = ownersOf(graph);
  const { nodeType: types } = graph.columns.nodes;
  for (let row = 0; row < graph.nodeCount; row++) {
    const owner = owners[row]!;
    if (owner === row || owner >= severalOwners) continue;
    if (owner === rootRow || types[owner] === graph.types.node.synthetic) continue;
    sizes[owner]! += sizes[row]!;
    sizes[row] = 0;
  }
  return sizes;
}

/**
 * The one node beyond V8's own that reaches each row over V8's own only; a row that is not V8's own is its own
 * owner. Each row is visited at most twice, when it gets an owner and when it loses it to a second one.
 */
function ownersOf(graph: HeapGraph): Uint32Array {
  const { nodeCount } = graph;
  const { nodeType: types, nodeName: names } = graph.columns.nodes;
  const { edgeType, edgeTarget } = graph.columns.edges;
  const { hidden, array, native } = graph.types.node;
  const { weak } = graph.types.edge;
  const externalData = graph.stringIndex("system / ExternalStringData");
  const owners = new Uint32Array(nodeCount);
  const stack = new Uint32Array(2 * nodeCount);
  let height = 0;
  for (let row = 0; row < nodeCount; row++) {
    const type = types[row];
    const isInner =
      type === hidden || type === array || (type === native && names[row] === externalData);
    owners[row] = isInner ? unvisited : row;
    if (!isInner) stack[height++] = row;
  }
  while (height > 0) {
    const row = stack[--height]! as NodeRow;
    const owner = owners[row]!;
    const end = edgesEnd(graph, row);
    for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
      if (edgeType[edge] === weak) continue;
      const target = edgeTarget[edge]!;
      const known = owners[target]!;
      if (known === target || known === owner || known === severalOwners) continue;
      owners[target] = known === unvisited ? owner : severalOwners;
      stack[height++] = target;
    }
  }
  return owners;
}
