import {
  aggregateClasses,
  type ClassAggregates,
  type NodeMeasures,
} from "../graph/classAggregates.ts";
import { distancesOf } from "../graph/distances.ts";
import { createFunctionPositions, type FunctionPositions } from "../graph/functionPosition.ts";
import { type HoldingWalk, holdingWalkOf } from "../graph/holdingWalk.ts";
import { nodeClassesOf } from "../graph/nodeClasses.ts";
import { shallowSizesOf } from "../graph/shallowSizes.ts";
import type { HeapReading } from "./heapReading.ts";
import type { Pass } from "./pass.ts";

/** What questions about single objects and classes are answered from. */
export interface HeapMeasures extends NodeMeasures {
  readonly aggregates: ClassAggregates;
  readonly positions: FunctionPositions;
}

const measures = new WeakMap<HeapReading, HeapMeasures>();
const walks = new WeakMap<HeapReading, HoldingWalk>();

/** Made when first asked for, and kept with the heap: verdicts don't need it. */
export async function measuresOf(heap: HeapReading, pass: Pass): Promise<HeapMeasures> {
  const known = measures.get(heap);
  if (known) return known;
  const { graph, dominated } = heap;
  const own = {
    ranges: dominated,
    shallowSizes: await pass("Adding up shallow sizes", () => shallowSizesOf(graph)),
    distances: await pass("Measuring distances", () => distancesOf(graph)),
    classes: await pass("Naming the classes", () => nodeClassesOf(graph)),
  };
  const aggregates = await pass("Adding up the classes", () => aggregateClasses(graph, own));
  const made = { ...own, aggregates, positions: createFunctionPositions(graph) };
  measures.set(heap, made);
  return made;
}

/** Likewise. */
export async function walkOf(heap: HeapReading, pass: Pass): Promise<HoldingWalk> {
  const known = walks.get(heap);
  if (known) return known;
  const { graph, registries } = heap;
  const made = await pass("Walking from the roots", (checkpoint) =>
    holdingWalkOf(graph, registries, checkpoint),
  );
  walks.set(heap, made);
  return made;
}
