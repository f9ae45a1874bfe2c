import { type EdgeRow, edgeSource, edgeType, type HeapGraph, type NodeRow } from "./heapGraph.ts";
import { forEachRetainer } from "./retainers.ts";
import { type StrongWalk, strongWalk, type WalkOptions } from "./strongWalk.ts";
import { weakMapEntriesOf } from "./weakMapEntries.ts";

export interface ShortestPathsOptions extends WalkOptions {
  /** How many paths at most; 1 without it. */
  readonly maxPaths?: number;
  /** A walk over the same graph with the same `skipEdge`, to save doing it again. */
  readonly walk?: StrongWalk;
}

/**
 * Paths from the root to a row, each as its edges from the root on, the shortest first. Each comes in through
 * a retainer of its own and reaches that one on its shortest path; none leads through the row itself. Empty
 * when nothing holds the row.
 */
export function shortestPaths(
  graph: HeapGraph,
  row: NodeRow,
  options: ShortestPathsOptions = {},
): EdgeRow[][] {
  const walk = options.walk ?? strongWalk(graph, options);
  const entries = weakMapEntriesOf(graph);
  const ways = new Map<NodeRow, EdgeRow>();
  forEachRetainer(graph, row, (edge, from) => {
    if (ways.has(from) || walk.distance[from] === -1) return;
    if (edgeType(graph, edge) === graph.types.edge.weak || options.skipEdge?.(edge, from)) return;
    const table = entries.tableOf(edge);
    if (table !== -1 && (table === from || walk.distance[table] === -1)) return;
    ways.set(from, edge);
  });
  const nearest = [...ways.keys()].sort((a, b) => walk.distance[a]! - walk.distance[b]!);
  const paths: EdgeRow[][] = [];
  for (const from of nearest) {
    if (paths.length >= (options.maxPaths ?? 1)) break;
    const path = treePath(graph, walk, from, row);
    if (path !== null) paths.push([...path, ways.get(from)!]);
  }
  return paths;
}

/**
 * The edges on which a walk came to a row, from its start on: the shortest path. Null when `avoided` is among the nodes
 * on the way.
 */
export function treePath(
  graph: HeapGraph,
  { parentEdge }: StrongWalk,
  row: NodeRow,
  avoided: NodeRow | -1 = -1,
): EdgeRow[] | null {
  const path: EdgeRow[] = [];
  for (let at = row; ; ) {
    if (at === avoided) return null;
    const edge = parentEdge[at]!;
    if (edge === -1) return path.reverse();
    path.push(edge as EdgeRow);
    at = edgeSource(graph, edge as EdgeRow);
  }
}
