import { expect, test } from "vitest";
import { describePath } from "../../../extension/graph/describePath.ts";
import type { EdgeRow } from "../../../extension/graph/heapGraph.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { drawRealm } from "../../build/registrationDrawing.ts";

/** Describes the path over these nodes; between two of them the first edge counts. */
function describe(heap: HeapDrawing, ...path: readonly DrawnNode[]) {
  const graph = readGraph(heap);
  const { nodes } = heap;
  const edges = path.slice(1).map((to, at) => {
    const from = path[at]?.row ?? 0;
    const before = nodes.slice(0, from).reduce((sum, node) => sum + node.edges.length, 0);
    const index = nodes[from]?.edges.findIndex((edge) => edge.to.row === to.row) ?? -1;
    if (index < 0) throw new Error(`No edge leads from row ${from} to row ${to.row}.`);
    return (before + index) as EdgeRow;
  });
  return describePath(graph, edges);
}

const words = (steps: ReturnType<typeof describePath>) =>
  steps.map(({ from, edge, to }) => `${from} → ${edge} → ${to}`);

test("no path gives no steps", () => {
  expect(describePath(readGraph(drawHeap()), [])).toEqual([]);
});

test("a path through a global variable begins at globalThis and names properties and elements", () => {
  const heap = drawHeap();
  const target = heap.object("Row");
  const elements = heap.node("array", "(object elements)");
  const list = heap.object("Array");
  heap.edge(list, "internal", "elements", elements);
  heap.edge(elements, "internal", "3", target);
  heap.edge(list, "element", 3, target);
  const cache = heap.object("Cache", { rows: list });
  heap.hold("cache", cache);
  expect(words(describe(heap, heap.root, heap.globals, cache, list, target))).toEqual([
    "globalThis → cache → Cache",
    "Cache → rows → Array",
    "Array → [3] → Row",
  ]);
});

test("a closure and its scope have their function's place, and the variable has its name", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 26");
  const lock = heap.object("Lock");
  const place = { line: 8, column: 4 };
  const unlock = realm.callback("unlock", "file:///app/locks.js", place, { lock });
  const registry = realm.registry(realm.callback("free", "/app/a.js"), [
    { target: lock, heldValue: unlock },
  ]);
  const scope = heap.nodes[unlock.row]?.edges.find(({ nameOrIndex }) => nameOrIndex === "context");
  if (!scope || !registry.cells[0]) throw new Error("The drawing is not complete.");
  const steps = describe(heap, registry.cells[0], unlock, scope.to, lock);
  expect(words(steps)).toEqual([
    "registration → held value → function unlock()",
    "function unlock() → scope → scope",
    "scope → lock → Lock",
  ]);
  const expected = { scriptId: expect.any(Number), scriptName: "file:///app/locks.js", ...place };
  expect(steps.map(({ location }) => location)).toEqual([expected, expected, null]);
});

test("the cleanup callback, a bound function and its receiver are called by their names", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 20");
  const target = heap.object("Socket");
  const bound = heap.node("closure", "native_bind");
  heap.edge(bound, "internal", "bound_function", realm.callback("close", "/app/a.js"));
  heap.edge(bound, "internal", "bound_this", target);
  const registry = realm.registry(bound, [{ target }], "SocketRegistry");
  expect(words(describe(heap, registry.node, bound, target))).toEqual([
    "SocketRegistry → cleanup callback → bound function",
    "bound function → bound this → Socket",
  ]);
});

test("a function without a name is said to be anonymous", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 26");
  const callback = realm.callback("", "/app/a.js");
  heap.hold("handler", callback);
  expect(words(describe(heap, heap.root, heap.globals, callback))).toEqual([
    "globalThis → handler → (anonymous function)",
  ]);
});

test("V8's own tables are passed over", () => {
  const heap = drawHeap();
  const target = heap.object("Row");
  const table = heap.node("array", "");
  heap.edge(table, "internal", "7", target);
  const map = heap.object("Map");
  heap.edge(map, "internal", "table", table);
  heap.hold("rows", map);
  const steps = describe(heap, heap.root, heap.globals, map, table, target);
  expect(steps.map(({ from, to }) => [from, to])).toEqual([
    ["globalThis", "Map"],
    ["Map", "Row"],
  ]);
});

test("the contents of strings never appear", () => {
  const heap = drawHeap();
  const secret = "sk-live-4242";
  const parts = ["string", "concatenated string", "sliced string", "regexp", "symbol"] as const;
  for (const type of parts) {
    const text = heap.node(type, secret);
    const inner = heap.node("string", secret);
    heap.edge(text, "internal", "first", inner);
    heap.hold(type, text);
    const steps = describe(heap, heap.root, heap.globals, text, inner);
    expect(JSON.stringify(steps)).not.toContain(secret);
    expect(steps.at(-1)?.to).toBe("string");
  }
});

function drawChain(length: number, nameOf: (at: number) => string) {
  const heap = drawHeap();
  const chain = [heap.root, heap.globals];
  for (let at = 0; at < length; at++) {
    const next = heap.object("Item");
    heap.edge(chain.at(-1) ?? heap.root, "property", nameOf(at), next);
    chain.push(next);
  }
  return describe(heap, ...chain);
}

test("a step that repeats is told once, with how often", () => {
  const steps = drawChain(5000, (at) => (at === 0 ? "first" : at === 4999 ? "last" : "next"));
  expect(words(steps)).toEqual([
    "globalThis → first → Item",
    "Item → next (× 4998) → Item",
    "Item → last → Item",
  ]);
});

test("of a very long path the beginning and the end are told, and how much is left out", () => {
  const steps = drawChain(1000, (at) => `step${at}`);
  expect(steps).toHaveLength(40);
  expect(words(steps)[0]).toBe("globalThis → step0 → Item");
  expect(words(steps)[20]).toBe("Item → … 961 more steps … → Item");
  expect(words(steps).at(-1)).toBe("Item → step999 → Item");
});

test("a very long name is shortened", () => {
  const heap = drawHeap();
  const node = heap.object("N".repeat(5000));
  heap.hold("p".repeat(5000), node);
  const [step] = describe(heap, heap.root, heap.globals, node);
  expect(step?.edge.length).toBeLessThan(200);
  expect(step?.to.length).toBeLessThan(200);
});
