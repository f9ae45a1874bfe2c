import fc from "fast-check";
import { expect, test } from "vitest";
import { edgeSource, edgeTarget, rootRow } from "../../../extension/graph/heapGraph.ts";
import { strongWalk } from "../../../extension/graph/strongWalk.ts";
import { arbitraryHeap } from "../../build/arbitraryHeap.ts";
import { type DrawnHeap, drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

/** Distances by relaxing every edge until nothing changes: slow and obviously right. */
function slowDistances({ nodes }: DrawnHeap, isSkipped: (edge: number) => boolean): number[] {
  const distances = nodes.map((_, row) => (row === 0 ? 0 : Number.POSITIVE_INFINITY));
  for (let changed = true; changed; ) {
    changed = false;
    let edge = 0;
    for (const [row, { edges }] of nodes.entries()) {
      for (const { type, to } of edges) {
        const next = (distances[row] ?? 0) + 1;
        if (isSkipped(edge++) || type === "weak" || next >= (distances[to.row] ?? 0)) continue;
        distances[to.row] = next;
        changed = true;
      }
    }
  }
  return distances.map((distance) => (Number.isFinite(distance) ? distance : -1));
}

test("distances are those of the shortest paths, and the tree's edges lead along them", () => {
  fc.assert(
    fc.property(arbitraryHeap, fc.integer({ min: 2, max: 9 }), (heap, nth) => {
      const isSkipped = (edge: number) => edge % nth === nth - 1;
      const graph = readGraph(heap);
      const { distance, parentEdge } = strongWalk(graph, { skipEdge: isSkipped });
      expect([...distance]).toEqual(slowDistances(heap, isSkipped));
      for (const [row, edge] of [...parentEdge].entries()) {
        if (row === rootRow || distance[row] === -1) {
          expect(edge).toBe(-1);
          continue;
        }
        const treeEdge = edge as Parameters<typeof edgeSource>[1];
        expect(edgeTarget(graph, treeEdge)).toBe(row);
        expect(distance[edgeSource(graph, treeEdge)]).toBe((distance[row] ?? 0) - 1);
        expect(isSkipped(edge)).toBe(false);
      }
    }),
    { seed: 42, numRuns: 200 },
  );
});

test("a chain longer than any stack is walked to its end", () => {
  const heap = drawHeap();
  let last = heap.globals;
  for (let at = 0; at < 50_000; at++) {
    const next = heap.object("Item");
    heap.edge(last, "property", "next", next);
    last = next;
  }
  expect(strongWalk(readGraph(heap)).distance[last.row]).toBe(50_001);
});

test("a walk can be stopped at a checkpoint", () => {
  const heap = drawHeap();
  for (let at = 0; at < 40_000; at++) heap.hold("item", heap.object("Item"));
  const graph = readGraph(heap);
  const stop = new Error("stopped");
  const checkpoint = () => {
    throw stop;
  };
  expect(() => strongWalk(graph, { checkpoint })).toThrow(stop);
});

function drawWeakMap() {
  const heap = drawHeap();
  const table = heap.node("array", "(WeakMap)");
  const map = heap.object("WeakMap");
  heap.edge(map, "internal", "table", table);
  const key = heap.object("Key");
  const value = heap.object("Value");
  const name = `4 / part of key (Key @${key.objectId}) -> value (Value @${value.objectId}) pair in WeakMap (table @${table.objectId})`;
  heap.edge(table, "weak", "7", key);
  heap.edge(table, "internal", name, value);
  heap.edge(key, "internal", name, value);
  const reaches = () => strongWalk(readGraph(heap)).distance[value.row] !== -1;
  return { heap, map, key, value, reaches };
}

test("the value of a WeakMap lives only while both its key and the map do", () => {
  const withMap = drawWeakMap();
  withMap.heap.hold("map", withMap.map);
  expect(withMap.reaches()).toBe(false);

  const withKey = drawWeakMap();
  withKey.heap.hold("key", withKey.key);
  expect(withKey.reaches()).toBe(false);

  for (const order of [["key", "map"] as const, ["map", "key"] as const]) {
    const withBoth = drawWeakMap();
    for (const name of order) withBoth.heap.hold(name, withBoth[name]);
    expect(withBoth.reaches()).toBe(true);
  }
});

test("the value of a WeakMap hangs on its key when the map comes last", () => {
  const { heap, map, key, value, reaches } = drawWeakMap();
  heap.hold("key", key);
  heap.hold("far", heap.object("Far", { nearer: heap.object("Near", { map }) }));
  expect(reaches()).toBe(true);
  const graph = readGraph(heap);
  const { parentEdge } = strongWalk(graph);
  expect(edgeSource(graph, parentEdge[value.row] as Parameters<typeof edgeSource>[1])).toBe(
    key.row,
  );
});

test("what a WeakMap's value holds lives as long as the value", () => {
  const { heap, map, key, value } = drawWeakMap();
  const part = heap.object("Part");
  heap.edge(value, "property", "part", part);
  heap.hold("key", key);
  heap.hold("map", map);
  expect(strongWalk(readGraph(heap)).distance[part.row]).not.toBe(-1);
});
