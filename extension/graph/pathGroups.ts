import type { HeapGraph, NodeRow } from "./heapGraph.ts";
import { createPathShapes, createTreeShapes } from "./pathShapes.ts";
import type { StrongWalk } from "./strongWalk.ts";

/** Objects in groups that are held in the same way each, numbered from 0 on in the order of their first rows. */
export interface PathGroups {
  readonly count: number;
  /** The rows of a group, ascending. */
  rowsOf(group: number): Uint32Array;
  /** By number: the row that is nearest to a root. */
  readonly nearest: readonly NodeRow[];
  /** Rows that the walk did not come to. */
  readonly unreached: Uint32Array;
}

const noGroup = -1;

/**
 * Groups rows by the shape of the path on which a walk came to them, as `createPathShapes` has it. `rows` are
 * ascending.
 */
export function groupByPath(graph: HeapGraph, rows: Uint32Array, walk: StrongWalk): PathGroups {
  const shapeOf = createTreeShapes(graph, createPathShapes(graph), walk.parentEdge, () => false);
  const numberOfShape = new Map<number, number>();
  const counts: number[] = [];
  const nearest: NodeRow[] = [];
  const groupAt = new Int32Array(rows.length).fill(noGroup);
  for (const [at, each] of rows.entries()) {
    const row = each as NodeRow;
    if (walk.distance[row] === -1) continue;
    const shape = shapeOf(row);
    let group = numberOfShape.get(shape);
    if (group === undefined) {
      group = counts.push(0) - 1;
      nearest.push(row);
      numberOfShape.set(shape, group);
    }
    groupAt[at] = group;
    counts[group]!++;
    if (walk.distance[row]! < walk.distance[nearest[group]!]!) nearest[group] = row;
  }

  const end = new Uint32Array(counts.length);
  let reached = 0;
  for (const [group, count] of counts.entries()) {
    end[group] = reached;
    reached += count;
  }
  const sorted = new Uint32Array(reached);
  for (const [at, group] of groupAt.entries()) {
    if (group !== noGroup) sorted[end[group]!++] = rows[at]!;
  }
  return {
    count: counts.length,
    rowsOf: (group) => sorted.subarray(end[group]! - counts[group]!, end[group]!),
    nearest,
    unreached: rows.filter((_, at) => groupAt[at] === noGroup),
  };
}
