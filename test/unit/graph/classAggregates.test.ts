import fc from "fast-check";
import { expect, test } from "vitest";
import {
  aggregateClasses,
  type ClassAggregates,
  type NodeMeasures,
} from "../../../extension/graph/classAggregates.ts";
import { distancesOf } from "../../../extension/graph/distances.ts";
import { dominatorRangesOf } from "../../../extension/graph/dominatorRanges.ts";
import { dominatorsOf } from "../../../extension/graph/dominators.ts";
import { heapStatisticsOf } from "../../../extension/graph/heapStatistics.ts";
import { nodeClassesOf } from "../../../extension/graph/nodeClasses.ts";
import { retainedSizesOf } from "../../../extension/graph/retainedSizes.ts";
import { shallowSizesOf } from "../../../extension/graph/shallowSizes.ts";
import { type DrawnHeap, drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import {
  arbitraryGraph,
  slowDistances,
  slowDominators,
  slowShallowSizes,
} from "../../build/slowGraph.ts";

function aggregate(heap: DrawnHeap): NodeMeasures & { readonly aggregates: ClassAggregates } {
  const graph = readGraph(heap);
  const dominators = dominatorsOf(graph);
  const shallowSizes = shallowSizesOf(graph);
  const measures = {
    classes: nodeClassesOf(graph),
    ranges: dominatorRangesOf(dominators, retainedSizesOf(dominators, shallowSizes)),
    shallowSizes,
    distances: distancesOf(graph),
  };
  return { ...measures, aggregates: aggregateClasses(graph, measures) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

test("a class's numbers are those of its instances, of which the retained sizes count once", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      const { classes, aggregates } = aggregate(heap);
      const sizes = slowShallowSizes(heap);
      const distances = slowDistances(heap);
      const { dominated } = slowDominators(heap);
      for (const number of classes.names.keys()) {
        const instances = heap.nodes.flatMap((_, row) =>
          classes.classOf[row] === number && sizes[row] !== 0 ? [row] : [],
        );
        const outermost = instances.filter(
          (row) => !instances.some((other) => other !== row && dominated[other]?.has(row)),
        );
        const retained = outermost.map((row) =>
          sum([...(dominated[row] ?? [])].map((other) => sizes[other] ?? 0)),
        );
        expect([...aggregates.instancesOf(number)]).toEqual(instances);
        expect(aggregates.count[number]).toBe(instances.length);
        expect(aggregates.shallowBytes[number]).toBe(sum(instances.map((row) => sizes[row] ?? 0)));
        expect(aggregates.retainedBytes[number]).toBe(sum(retained));
        if (instances.length === 0) continue;
        const nearest = Math.min(...instances.map((row) => distances[row] ?? 0));
        expect(aggregates.distance[number]).toBe(nearest);
      }
    }),
    { seed: 42, numRuns: 500 },
  );
});

test("a chain of one class retains as much as its first item", () => {
  const heap = drawHeap();
  let last = heap.globals;
  for (let at = 0; at < 100; at++) {
    const item = heap.node("object", "Item", { selfSizeBytes: 10 });
    heap.edge(last, "property", "next", item);
    last = item;
  }
  const { classes, aggregates } = aggregate(heap);
  const item = classes.names.indexOf("Item");
  expect(aggregates.count[item]).toBe(100);
  expect(aggregates.retainedBytes[item]).toBe(1000);
  expect(aggregates.distance[item]).toBe(2);
});

test("the kinds of a heap's bytes add up to all of them", () => {
  const heap = drawHeap();
  const node = (type: string, name: string, selfSizeBytes: number) => {
    const drawn = heap.node(type, name, { selfSizeBytes });
    heap.hold(name, drawn);
    return drawn;
  };
  node("string", "text", 1);
  node("concatenated string", "text", 2);
  node("code", "code", 4);
  node("native", "system / JSArrayBufferData", 8);
  node("native", "Node / TCPWrap", 16);
  const list = node("object", "Array", 32);
  const elements = heap.node("array", "(object elements)", { selfSizeBytes: 64 });
  heap.edge(list, "internal", "elements", elements);
  const shared = node("object", "(shared elements)", 128);
  heap.edge(node("object", "Array", 256), "internal", "elements", shared);
  const hidden = node("hidden", "system / Map", 512);
  heap.edge(list, "internal", "map", hidden);
  heap.hold("row", heap.node("object", "Row", { selfSizeBytes: 1024 }));
  const graph = readGraph(heap);
  expect(heapStatisticsOf(graph, shallowSizesOf(graph))).toEqual({
    totalBytes: 2047 + 16,
    codeBytes: 4,
    stringBytes: 3,
    arrayBytes: 32 + 64 + 256,
    typedArrayBytes: 8,
    systemBytes: 512,
    otherObjectBytes: 128 + 1024 + 16,
    otherNativeBytes: 16,
  });
});
