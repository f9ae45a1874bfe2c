import type { DominatorRanges } from "./dominatorRanges.ts";
import type { HeapGraph, NodeRow } from "./heapGraph.ts";
import type { NodeClasses } from "./nodeClasses.ts";

/** What the nodes are measured by; each has an entry for each row. */
export interface NodeMeasures {
  readonly classes: NodeClasses;
  readonly ranges: DominatorRanges;
  readonly shallowSizes: Float64Array;
  readonly distances: Int32Array;
}

/** The rows of Chrome DevTools' summary: by the number of a class what its instances come to. */
export interface ClassAggregates {
  /** Nodes that have a size of their own: the others are parts of what they belong to. 0 is no class to show. */
  readonly count: Uint32Array;
  /** The least distance of an instance, as `distancesOf` gives it. */
  readonly distance: Int32Array;
  readonly shallowBytes: Float64Array;
  /** Sum of retained sizes; what another instance of the class dominates already counts there. */
  readonly retainedBytes: Float64Array;
  /** The rows of a class, ascending. */
  instancesOf(classNumber: number): Uint32Array;
}

/**
 * Adds up the instances of each class as Chrome DevTools does (HeapSnapshot.ts, buildAggregates and
 * calculateClassesRetainedSize). There a walk down the dominator tree remembers which classes it is inside of;
 * here that is read off the places of nodes in the tree's order.
 */
export function aggregateClasses(graph: HeapGraph, measures: NodeMeasures): ClassAggregates {
  const { classes, ranges, shallowSizes, distances } = measures;
  const { classOf } = classes;
  const count = new Uint32Array(classes.count);
  const distance = new Int32Array(classes.count);
  const shallowBytes = new Float64Array(classes.count);
  const retainedBytes = new Float64Array(classes.count);
  for (let row = 0; row < graph.nodeCount; row++) {
    const size = shallowSizes[row]!;
    if (size === 0) continue;
    const number = classOf[row]!;
    if (count[number]!++ === 0 || distances[row]! < distance[number]!) {
      distance[number] = distances[row]!;
    }
    shallowBytes[number]! += size;
  }
  forEachOutermost(measures, (row) => {
    retainedBytes[classOf[row]!]! += ranges.retainedSizes[row]!;
  });
  return {
    count,
    distance,
    shallowBytes,
    retainedBytes,
    instancesOf: createInstances(graph, measures, count),
  };
}

/** Calls `visit` for each node with a size of its own that no other one of its class dominates. */
export function forEachOutermost(
  { classes, ranges, shallowSizes }: Pick<NodeMeasures, "classes" | "ranges" | "shallowSizes">,
  visit: (row: NodeRow) => void,
): void {
  const { rowAt, dominatedCount } = ranges;
  /** By class: the place behind everything that the newest of its nodes dominates. */
  const insideUntil = new Uint32Array(classes.count);
  for (let place = 0; place < rowAt.length; place++) {
    const row = rowAt[place]!;
    const number = classes.classOf[row]!;
    if (place < insideUntil[number]! || shallowSizes[row] === 0) continue;
    insideUntil[number] = place + dominatedCount[row]!;
    visit(row as NodeRow);
  }
}

/** A counting sort of the rows by class. */
function createInstances(
  { nodeCount }: HeapGraph,
  { classes, shallowSizes }: NodeMeasures,
  count: Uint32Array,
): (classNumber: number) => Uint32Array {
  const end = new Uint32Array(classes.count);
  let sum = 0;
  for (let number = 0; number < classes.count; number++) {
    end[number] = sum;
    sum += count[number]!;
  }
  const rows = new Uint32Array(sum);
  for (let row = 0; row < nodeCount; row++) {
    if (shallowSizes[row] === 0) continue;
    const number = classes.classOf[row]!;
    rows[end[number]!++] = row;
  }
  return (number) => rows.subarray(end[number]! - count[number]!, end[number]!);
}
