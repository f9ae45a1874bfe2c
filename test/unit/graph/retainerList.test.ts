import fc from "fast-check";
import { expect, test } from "vitest";
import { distancesOf } from "../../../extension/graph/distances.ts";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import { createHolderGroups } from "../../../extension/graph/holderGroups.ts";
import { nodeClassesOf } from "../../../extension/graph/nodeClasses.ts";
import { retainerListOf } from "../../../extension/graph/retainerList.ts";
import { arbitraryHeap } from "../../build/arbitraryHeap.ts";
import { type DrawnHeap, drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { arbitraryGraph } from "../../build/slowGraph.ts";

/** All edges, numbered as in the file. */
const edgesOf = ({ nodes }: DrawnHeap) =>
  nodes
    .flatMap(({ edges }, from) =>
      edges.map(({ type, nameOrIndex, to }) => ({ type, nameOrIndex, from, to: to.row })),
    )
    .map((edge, number) => ({ ...edge, number }));

test("retainers are listed from the nearest to the farthest, without weak ones and the root", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      const graph = readGraph(heap);
      const distances = distancesOf(graph);
      const order = (row: number) => {
        const distance = distances[row] ?? 0;
        return distance < 0 ? Number.POSITIVE_INFINITY : distance;
      };
      for (const row of heap.nodes.keys()) {
        const leading = edgesOf(heap).filter(({ to }) => to === row);
        const strong = leading.filter(({ type, from }) => type !== "weak" && from !== 0);
        const expected = strong.toSorted(
          (a, b) => order(a.from) - order(b.from) || a.number - b.number,
        );
        const { edges, holders, weakCount } = retainerListOf(graph, row as NodeRow, distances);
        expect(edges).toEqual(expected.map(({ number }) => number));
        expect(holders).toEqual(expected.map(({ from }) => from));
        expect(weakCount).toBe(leading.filter(({ type }) => type === "weak").length);
      }
    }),
    { seed: 42, numRuns: 300 },
  );
});

test("holders of several are grouped by class and name, those first that hold most", () => {
  fc.assert(
    fc.property(
      arbitraryHeap,
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      (heap, picks) => {
        const graph = readGraph(heap);
        const classes = nodeClassesOf(graph);
        const rows = [...new Set(picks.map((pick) => pick % heap.nodes.length))].sort(
          (a, b) => a - b,
        );
        const { groups, weakCount } = createHolderGroups(graph, classes)(rows);
        const leading = edgesOf(heap).filter(({ to }) => rows.includes(to));
        const strong = leading.filter(({ type, from }) => type !== "weak" && from !== 0);
        const expected = new Map<string, { holders: Set<number>; held: Set<number> }>();
        for (const { type, nameOrIndex, from, to } of strong) {
          const isIndex =
            typeof nameOrIndex === "number" || (type === "internal" && /^\d/.test(nameOrIndex));
          const key = `${classes.classOf[from]} ${type} ${isIndex ? "" : JSON.stringify(nameOrIndex)}`;
          const group = expected.get(key) ?? { holders: new Set(), held: new Set() };
          expected.set(key, group);
          group.holders.add(from);
          group.held.add(to);
        }
        const drawn = (all: readonly { holders: Iterable<number>; held: number }[]) =>
          all
            .map(({ holders, held }) => `${[...holders].sort((a, b) => a - b)} hold ${held}`)
            .sort();
        expect(
          drawn(groups.map(({ holders, heldCount }) => ({ holders, held: heldCount }))),
        ).toEqual(
          drawn([...expected.values()].map(({ holders, held }) => ({ holders, held: held.size }))),
        );
        const counts = groups.map(({ heldCount }) => heldCount);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        expect(weakCount).toBe(leading.filter(({ type }) => type === "weak").length);
      },
    ),
    { seed: 42, numRuns: 300 },
  );
});

test("a ring of holders has the same kind again on its way", () => {
  const heap = drawHeap();
  const items = [1, 2, 3].map(() => heap.object("Item"));
  for (const [at, item] of items.entries()) {
    heap.edge(item, "property", "next", items[(at + 1) % 3] ?? item);
  }
  const graph = readGraph(heap);
  const holdersOf = createHolderGroups(graph, nodeClassesOf(graph));
  const [first] = holdersOf([items[0]?.row ?? 0]).groups;
  const [second] = holdersOf(first?.holders ?? []).groups;
  expect(second?.kind).toBe(first?.kind);
});

test("the entries of a dictionary are one name, and say that they have several", () => {
  const heap = drawHeap();
  const rows = Array.from({ length: 300 }, () => heap.object("Row"));
  const dictionary = heap.object("Object");
  for (const [at, row] of rows.entries()) heap.edge(dictionary, "property", `user ${at}`, row);
  const pair = heap.object("Pair", { left: rows[0] ?? dictionary, right: rows[1] ?? dictionary });
  for (const [at, row] of rows.entries()) heap.hold(`variable${at}`, row);
  const graph = readGraph(heap);
  const { groups } = createHolderGroups(graph, nodeClassesOf(graph))(rows.map(({ row }) => row));
  const ofDictionary = groups.filter(({ holders }) => holders.includes(dictionary.row));
  expect(ofDictionary).toMatchObject([{ heldCount: 300, hasSeveralNames: true }]);
  const ofPair = groups.filter(({ holders }) => holders.includes(pair.row));
  expect(ofPair).toMatchObject([{ heldCount: 1 }, { heldCount: 1 }]);
  expect(ofPair.map(({ hasSeveralNames }) => hasSeveralNames)).toEqual([false, false]);
  expect(groups.filter(({ holders }) => holders.includes(heap.globals.row))).toHaveLength(300);
});
