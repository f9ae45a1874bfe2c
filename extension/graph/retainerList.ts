import { noDistance, systemDistance } from "./distances.ts";
import { type EdgeRow, edgeType, type HeapGraph, type NodeRow, rootRow } from "./heapGraph.ts";
import { forEachRetainer } from "./retainers.ts";

/** What leads to a node. */
export interface RetainerList {
  /** Edges, from the nearest holder to the farthest; of equally near ones in the order of V8. */
  readonly edges: readonly EdgeRow[];
  /** For each of them the node that it starts from. */
  readonly holders: readonly NodeRow[];
  /** Weak references, which keep nothing alive and are not among the edges. */
  readonly weakCount: number;
}

/**
 * The retainers of a node as Chrome DevTools' Retainers view lists them at first (HeapSnapshot.ts,
 * retainingEdgesFilter and getDistanceForRetainersView): without weak references and the root of all roots, sorted
 * by the holders' distance; what no root reaches comes last.
 */
export function retainerListOf(
  graph: HeapGraph,
  row: NodeRow,
  distances: Int32Array,
): RetainerList {
  const found: { readonly edge: EdgeRow; readonly holder: NodeRow; readonly distance: number }[] =
    [];
  let weakCount = 0;
  forEachRetainer(graph, row, (edge, holder) => {
    if (edgeType(graph, edge) === graph.types.edge.weak) weakCount++;
    else if (holder !== rootRow) {
      const distance = distances[holder]!;
      found.push({
        edge,
        holder,
        distance: distance === noDistance ? 2 * systemDistance : distance,
      });
    }
  });
  found.sort((a, b) => a.distance - b.distance);
  return {
    edges: found.map(({ edge }) => edge),
    holders: found.map(({ holder }) => holder),
    weakCount,
  };
}
