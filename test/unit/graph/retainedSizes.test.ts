import fc from "fast-check";
import { expect, test } from "vitest";
import { distancesOf, noDistance, systemDistance } from "../../../extension/graph/distances.ts";
import { dominatorRangesOf } from "../../../extension/graph/dominatorRanges.ts";
import { dominatorsOf } from "../../../extension/graph/dominators.ts";
import { essentialEdgesOf } from "../../../extension/graph/essentialEdges.ts";
import type { EdgeRow } from "../../../extension/graph/heapGraph.ts";
import { retainedSizesOf } from "../../../extension/graph/retainedSizes.ts";
import { shallowSizesOf } from "../../../extension/graph/shallowSizes.ts";
import { type DrawnHeap, type DrawnNode, drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import {
  arbitraryGraph,
  slowDistances,
  slowDominators,
  slowEssentialEdges,
  slowShallowSizes,
} from "../../build/slowGraph.ts";

const runs = { seed: 42, numRuns: 500 };

test("dominators are those that removing one node at a time finds", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      const { immediate, order } = dominatorsOf(readGraph(heap));
      expect([...immediate]).toEqual(slowDominators(heap).immediate);
      const place = new Map([...order].map((row, at) => [row, at]));
      expect(place.size).toBe(heap.nodes.length);
      expect(order[0]).toBe(0);
      for (const [row, dominator] of immediate.entries()) {
        if (row !== 0) expect(place.get(dominator)).toBeLessThan(place.get(row) ?? -1);
      }
    }),
    runs,
  );
});

test("a retained size is the sum of what a node dominates", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      const graph = readGraph(heap);
      const sizes = slowShallowSizes(heap);
      const expected = slowDominators(heap).dominated.map((rows) =>
        [...rows].reduce((sum, row) => sum + (sizes[row] ?? 0), 0),
      );
      expect([...shallowSizesOf(graph)]).toEqual(sizes);
      expect([...retainedSizesOf(dominatorsOf(graph), shallowSizesOf(graph))]).toEqual(expected);
    }),
    runs,
  );
});

test("of several nodes together, what one of them dominates counts once", () => {
  fc.assert(
    fc.property(arbitraryGraph, fc.array(fc.nat(), { maxLength: 6 }), (heap, picks) => {
      const rows = picks.map((pick) => pick % heap.nodes.length);
      const sizes = heap.nodes.map(({ selfSizeBytes }) => selfSizeBytes);
      const { dominated } = slowDominators(heap);
      const all = new Set(rows.flatMap((row) => [...(dominated[row] ?? [])]));
      const dominators = dominatorsOf(readGraph(heap));
      const retained = retainedSizesOf(dominators, Float64Array.from(sizes));
      expect(dominatorRangesOf(dominators, retained).retainedBytesOfAll(rows)).toBe(
        [...all].reduce((sum, row) => sum + (sizes[row] ?? 0), 0),
      );
    }),
    runs,
  );
});

test("distances are those of the shortest ways from the user's roots, then from the root", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      expect([...distancesOf(readGraph(heap))]).toEqual(slowDistances(heap));
    }),
    runs,
  );
});

test("the essential edges are those that count in DevTools", () => {
  fc.assert(
    fc.property(arbitraryGraph, (heap) => {
      const essential = essentialEdgesOf(readGraph(heap));
      const pairs = heap.nodes.flatMap(({ edges }, from) =>
        edges.map(({ to }) => [from, to.row] as const),
      );
      const found = pairs.filter((_, edge) => essential.has(edge as EdgeRow));
      expect(found).toEqual(slowEssentialEdges(heap));
    }),
    runs,
  );
});

/** A heap whose nodes are letters; `a→b` is a property and the root holds `a`. */
function drawLetters(...edges: readonly string[]) {
  const heap = drawHeap();
  const nodes = new Map<string, DrawnNode>();
  const node = (letter: string): DrawnNode => {
    const known = nodes.get(letter);
    if (known) return known;
    const drawn = heap.node("object", letter, { selfSizeBytes: 10 });
    nodes.set(letter, drawn);
    return drawn;
  };
  heap.hold("a", node("a"));
  for (const edge of edges) {
    const [from = "", to = ""] = edge.split("→");
    heap.edge(node(from), "property", to, node(to));
  }
  return { heap, node, dominators: () => namedDominators(heap) };
}

/** `b<a` says that a is b's immediate dominator. */
function namedDominators(heap: DrawnHeap): string {
  const { immediate } = dominatorsOf(readGraph(heap));
  const name = (row: number) => (row === 0 ? "root" : (heap.nodes[row]?.name ?? ""));
  return heap.nodes
    .flatMap((_, row) => (row < 2 ? [] : [`${name(row)}<${name(immediate[row] ?? -1)}`]))
    .join(" ");
}

test("a diamond is dominated by its top", () => {
  // a → b → d
  //  `→ c ─^
  const { dominators } = drawLetters("a→b", "a→c", "b→d", "c→d");
  expect(dominators()).toBe("a<global b<a c<a d<a");
});

test("a ring that is entered at one place hangs on that place", () => {
  // a → b → c → d → b
  const { dominators } = drawLetters("a→b", "b→c", "c→d", "d→b");
  expect(dominators()).toBe("a<global b<a c<b d<c");
});

test("a ring that is entered at two places hangs on what holds both", () => {
  // a → b → d ⇄ c ← a: not reducible to loops with one entry.
  const { dominators } = drawLetters("a→b", "a→c", "b→d", "c→d", "d→c");
  expect(dominators()).toBe("a<global b<a c<a d<a");
});

test("the graph of Lengauer and Tarjan's paper has the dominators of the paper", () => {
  const { dominators } = drawLetters(
    ...["a→r", "r→A", "r→B", "r→C", "A→D", "B→A", "B→D", "B→E", "C→F", "C→G", "D→L", "E→H"],
    ...["F→I", "G→I", "G→J", "H→E", "H→K", "I→K", "J→I", "K→I", "K→r", "L→H"],
  );
  expect(new Set(dominators().split(" "))).toEqual(
    new Set("a<global r<a A<r B<r C<r D<r E<r F<C G<C H<r I<r J<G K<r L<D".split(" ")),
  );
});

test("what only a weak edge leads to hangs on the root, with what it holds", () => {
  const { heap, node, dominators } = drawLetters("w→x");
  heap.edge(node("a"), "weak", "1", node("w"));
  expect(new Set(dominators().split(" "))).toEqual(new Set(["a<global", "w<root", "x<w"]));
});

test("a ring that nothing holds hangs on the root node by node, and takes nothing from what others hold", () => {
  const { dominators } = drawLetters("a→b", "x→y", "y→x", "y→b");
  expect(new Set(dominators().split(" "))).toEqual(
    new Set(["a<global", "b<a", "x<root", "y<root"]),
  );
});

test("a chain longer than any stack has retained sizes and distances down to its end", () => {
  const heap = drawHeap();
  let last = heap.globals;
  const length = 50_000;
  for (let at = 0; at < length; at++) {
    const next = heap.node("object", "Item", { selfSizeBytes: 1 });
    heap.edge(last, "property", "next", next);
    if (at > 0) heap.edge(next, "property", "previous", last);
    last = next;
  }
  const graph = readGraph(heap);
  const retained = retainedSizesOf(dominatorsOf(graph), shallowSizesOf(graph));
  expect(retained[heap.globals.row]).toBe(16 + length);
  expect(retained[last.row]).toBe(1);
  expect(distancesOf(graph)[last.row]).toBe(length + 1);
});

test("dominators can be stopped at a checkpoint", () => {
  const heap = drawHeap();
  for (let at = 0; at < 70_000; at++) heap.hold("item", heap.object("Item"));
  const stop = new Error("stopped");
  const checkpoint = () => {
    throw stop;
  };
  expect(() => dominatorsOf(readGraph(heap), { checkpoint })).toThrow(stop);
});

function drawWeakMap(name = "Key") {
  const heap = drawHeap();
  const table = heap.node("array", "table");
  const map = heap.object("WeakMap");
  heap.edge(map, "internal", "table", table);
  const key = heap.object(name);
  const value = heap.node("object", "Value", { selfSizeBytes: 1000 });
  const pair = ` / part of key (${name} @${key.objectId}) -> value (Value @${value.objectId}) pair in WeakMap (table @${table.objectId})`;
  heap.edge(table, "internal", `4${pair}`, value);
  heap.edge(key, "internal", `5${pair}`, value);
  heap.hold("map", map);
  heap.hold("near", heap.object("Near", { far: heap.object("Far", { key }) }));
  return { heap, map, key, value };
}

test("the value of a WeakMap hangs on its key, and is one step farther than the farther of key and table", () => {
  const { heap, map, key, value } = drawWeakMap();
  const graph = readGraph(heap);
  const { immediate } = dominatorsOf(graph);
  const retained = retainedSizesOf(dominatorsOf(graph), shallowSizesOf(graph));
  expect(immediate[value.row]).toBe(key.row);
  expect(retained[key.row]).toBe(1016);
  expect(retained[map.row]).toBe(32);
  const distances = distancesOf(graph);
  expect(distances[key.row]).toBe(4);
  expect(distances[value.row]).toBe(5);
});

test("a WeakMap's entry whose key's name has a line break is two plain edges, as in DevTools", () => {
  const { heap, key, value } = drawWeakMap("Key\nof two lines");
  const graph = readGraph(heap);
  const { immediate } = dominatorsOf(graph);
  expect(immediate[value.row]).not.toBe(key.row);
  expect(distancesOf(graph)[value.row]).toBe(4);
});

test("what belongs to one object only counts as its own, and the rest of V8's own stays where it is", () => {
  const heap = drawHeap();
  const list = heap.object("List");
  const elements = heap.node("array", "(object elements)", { selfSizeBytes: 800 });
  heap.edge(list, "internal", "elements", elements);
  heap.hold("list", list);
  const shared = heap.node("hidden", "system / Map", { selfSizeBytes: 80 });
  for (const owner of [list, heap.globals]) heap.edge(owner, "internal", "map", shared);
  const sizes = shallowSizesOf(readGraph(heap));
  expect(sizes[list.row]).toBe(816);
  expect(sizes[elements.row]).toBe(0);
  expect(sizes[shared.row]).toBe(80);
});

test("without a user's root, as with internals exposed, sizes stay and distances begin at the root", () => {
  const heap = drawHeap();
  const globals = heap.globals;
  // The drawing's own global object is what makes a user's root.
  const graph = readGraph({
    ...heap,
    nodes: heap.nodes.map((node, row) =>
      row === globals.row ? { ...node, type: "synthetic" } : node,
    ),
  });
  expect(distancesOf(graph)[0]).toBe(0);
  expect(distancesOf(graph)[globals.row]).toBe(1);
});

test("what only V8 reaches is farther than the system's distance, and what nothing reaches has none", () => {
  const heap = drawHeap();
  const roots = heap.node("synthetic", "(GC roots)");
  heap.edge(heap.root, "element", 1, roots);
  const inner = heap.node("hidden", "inner");
  heap.edge(roots, "element", 1, inner);
  const lost = heap.object("Lost");
  const distances = distancesOf(readGraph(heap));
  expect(distances[0]).toBe(systemDistance);
  expect(distances[inner.row]).toBe(systemDistance + 2);
  expect(distances[lost.row]).toBe(noDistance);
});
