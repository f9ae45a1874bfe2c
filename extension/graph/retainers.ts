import { type EdgeRow, edgesEnd, type HeapGraph, type NodeRow } from "./heapGraph.ts";

/** Who holds whom: the edges that lead to each node, of every kind, also the weak ones. */
export interface Retainers {
  /** Place of each node's first entry in `edge`; one more than nodes, so that row + 1 ends it. */
  readonly first: Uint32Array;
  /** Edges, ordered by the node that they lead to. */
  readonly edge: Uint32Array;
  /** The node that each entry of `edge` starts from. */
  readonly source: Uint32Array;
}

const cache = new WeakMap<HeapGraph, Retainers>();

/**
 * The graph's edges the other way round, made when first asked for and kept with the graph: a counting sort, in
 * time and memory proportional to the edges (8 bytes each).
 */
export function retainersOf(graph: HeapGraph): Retainers {
  let retainers = cache.get(graph);
  if (retainers === undefined) {
    retainers = sortByTarget(graph);
    cache.set(graph, retainers);
  }
  return retainers;
}

function sortByTarget(graph: HeapGraph): Retainers {
  const { nodeCount } = graph;
  const { count, edgeTarget } = graph.columns.edges;
  const first = new Uint32Array(nodeCount + 1);
  for (let at = 0; at < count; at++) first[edgeTarget[at]!]!++;
  let sum = 0;
  for (let row = 0; row <= nodeCount; row++) {
    sum += first[row]!;
    first[row] = sum;
  }
  const edge = new Uint32Array(count);
  const source = new Uint32Array(count);
  // Backwards, so that `first` ends where each node's entries begin and the edges keep their order.
  for (let row = nodeCount - 1, at = count - 1; row >= 0; row--) {
    const begin = row === 0 ? 0 : edgesEnd(graph, (row - 1) as NodeRow);
    for (; at >= begin; at--) {
      const target = edgeTarget[at]!;
      const place = first[target]! - 1;
      first[target] = place;
      edge[place] = at;
      source[place] = row;
    }
  }
  return { first, edge, source };
}

/** Calls `visit` for each edge that leads to the row, with the node that it starts from. */
export function forEachRetainer(
  graph: HeapGraph,
  row: NodeRow,
  visit: (edge: EdgeRow, from: NodeRow) => void,
): void {
  const { first, edge, source } = retainersOf(graph);
  const end = first[row + 1]!;
  for (let at = first[row]!; at < end; at++) visit(edge[at]! as EdgeRow, source[at]! as NodeRow);
}
