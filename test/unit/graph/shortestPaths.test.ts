import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type EdgeRow,
  edgeSource,
  edgeTarget,
  type NodeRow,
  rootRow,
} from "../../../extension/graph/heapGraph.ts";
import { forEachRetainer } from "../../../extension/graph/retainers.ts";
import { shortestPaths } from "../../../extension/graph/shortestPaths.ts";
import { strongWalk } from "../../../extension/graph/strongWalk.ts";
import { arbitraryHeap } from "../../build/arbitraryHeap.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

test("each edge stands once among the retainers of the node that it leads to", () => {
  fc.assert(
    fc.property(arbitraryHeap, (heap) => {
      const graph = readGraph(heap);
      const expected = heap.nodes.map(() => [] as string[]);
      let edge = 0;
      for (const [from, { edges }] of heap.nodes.entries()) {
        for (const { to } of edges) expected[to.row]?.push(`${edge++} from ${from}`);
      }
      const found = heap.nodes.map((_, row) => {
        const retainers: string[] = [];
        forEachRetainer(graph, row as NodeRow, (at, from) => retainers.push(`${at} from ${from}`));
        return retainers;
      });
      expect(found).toEqual(expected);
    }),
    { seed: 42, numRuns: 200 },
  );
});

test("every path is a chain from the root to the row, through strong edges, as long as the shortest", () => {
  fc.assert(
    fc.property(arbitraryHeap, fc.nat(), (heap, pick) => {
      const graph = readGraph(heap);
      const row = (pick % heap.nodes.length) as NodeRow;
      const walk = strongWalk(graph);
      const paths = shortestPaths(graph, row, { walk, maxPaths: 3 });
      if (row !== rootRow) expect(paths.length > 0).toBe(walk.distance[row] !== -1);
      if (paths[0] && row !== rootRow) expect(paths[0]).toHaveLength(walk.distance[row] ?? -1);
      const lengths = paths.map(({ length }) => length);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      const retainers = paths.map((path) => edgeSource(graph, path.at(-1) as EdgeRow));
      expect(new Set(retainers).size).toBe(retainers.length);
      for (const path of paths) {
        let at: number = rootRow;
        for (const edge of path) {
          expect(edgeSource(graph, edge)).toBe(at);
          at = edgeTarget(graph, edge);
        }
        expect(at).toBe(row);
      }
    }),
    { seed: 42, numRuns: 300 },
  );
});

test("several paths come through different holders, and a skipped edge is no way", () => {
  const heap = drawHeap();
  const target = heap.object("Row");
  const near = heap.object("Near", { row: target });
  const far = heap.object("Far", { row: target });
  heap.hold("near", near);
  heap.hold("way", heap.object("Way", { far }));
  // The target holds somebody who holds it: no way to it.
  heap.edge(target, "property", "child", heap.object("Child", { parent: target }));
  const graph = readGraph(heap);
  const sources = (skipFrom?: number) =>
    shortestPaths(graph, target.row as NodeRow, {
      maxPaths: 9,
      skipEdge: (_, from) => from === skipFrom,
    }).map((path) => edgeSource(graph, path.at(-1) as EdgeRow));
  expect(sources()).toEqual([near.row, far.row]);
  expect(sources(near.row)).toEqual([far.row]);
  expect(shortestPaths(graph, target.row as NodeRow)).toHaveLength(1);
});

test("what nothing holds has no path", () => {
  const heap = drawHeap();
  const lost = heap.object("Lost");
  heap.edge(heap.globals, "weak", "lost", lost);
  expect(shortestPaths(readGraph(heap), lost.row as NodeRow, { maxPaths: 5 })).toEqual([]);
});
