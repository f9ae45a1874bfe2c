import { expect, test } from "vitest";
import { describePath } from "../../../extension/graph/describePath.ts";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import { holdingWalkOf } from "../../../extension/graph/holdingWalk.ts";
import { groupByPath } from "../../../extension/graph/pathGroups.ts";
import { registriesOf } from "../../../extension/graph/registries.ts";
import { treePath } from "../../../extension/graph/shortestPaths.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { drawRealm } from "../../build/registrationDrawing.ts";

function read(heap: HeapDrawing) {
  const graph = readGraph(heap);
  const { walk } = holdingWalkOf(graph, registriesOf(graph));
  return {
    /** `globalThis cache → Cache, Cache row → Row`; empty where nothing leads. */
    pathTo: ({ row }: DrawnNode) =>
      describePath(graph, treePath(graph, walk, row as NodeRow) ?? [])
        .map(({ from, edge, to }) => `${from} ${edge} → ${to}`)
        .join(", "),
    group: (nodes: readonly DrawnNode[]) =>
      groupByPath(graph, Uint32Array.from(nodes, ({ row }) => row).sort(), walk),
  };
}

/** A heap with V8's kinds of roots. */
function drawRoots() {
  const heap = drawHeap();
  const gcRoots = heap.node("synthetic", "(GC roots)");
  heap.edge(heap.root, "element", 1, gcRoots);
  const kind = (name: string) => {
    const root = heap.node("synthetic", name);
    heap.edge(gcRoots, "element", 1, root);
    return root;
  };
  return { heap, strong: kind("(Strong root list)"), stack: kind("(Stack roots)") };
}

test("a variable is the way to an object that V8 keeps until the job ends, however much longer it is", () => {
  const { heap, strong } = drawRoots();
  const row = heap.object("Row");
  heap.edge(strong, "internal", "weak_refs_keep_during_job", row);
  heap.hold("cache", heap.object("Cache", { rows: heap.object("Rows", { row }) }));
  expect(read(heap).pathTo(row)).toBe(
    "globalThis cache → Cache, Cache rows → Rows, Rows row → Row",
  );
});

test("what only V8's own roots hold hangs on them", () => {
  const { heap, strong } = drawRoots();
  const row = heap.object("Row");
  heap.edge(strong, "internal", "weak_refs_keep_during_job", row);
  const child = heap.object("Child");
  heap.edge(row, "property", "child", child);
  expect(read(heap).pathTo(child)).toBe("(root) root → Row, Row child → Child");
});

test("the stack is a root like a global variable: the shorter way counts", () => {
  const { heap, stack } = drawRoots();
  const row = heap.object("Row");
  heap.edge(stack, "element", 1, row);
  heap.hold("a", heap.object("A", { b: heap.object("B", { c: heap.object("C", { row }) }) }));
  expect(read(heap).pathTo(row)).toBe("(stack) local variable → Row");
});

test("a registration holds its value, and Node's list of its own objects holds nothing", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 26");
  const value = heap.object("Value");
  const target = heap.object("Target");
  heap.hold("target", target);
  const { node } = realm.registry(realm.callback("free", "/app/a.js"), [
    { target, heldValue: value },
  ]);
  heap.hold("registry", node);
  const list = heap.node("synthetic", "Node / BaseObjectList");
  heap.edge(heap.root, "element", 9, list);
  const wrap = heap.node("native", "Node / TCPWrap");
  heap.edge(list, "element", 1, wrap);
  const { pathTo } = read(heap);
  expect(pathTo(value)).toContain("registration held value → Value");
  expect(pathTo(wrap)).toBe("");
});

test("objects are grouped by the names on their ways, whatever the index, key or length of a chain", () => {
  const heap = drawHeap();
  const rows: DrawnNode[] = [];
  const row = () => {
    const drawn = heap.object("Row");
    rows.push(drawn);
    return drawn;
  };
  const list = heap.object("Array");
  for (let at = 0; at < 3; at++) heap.edge(list, "element", at, row());
  heap.hold("list", list);
  const dictionary = heap.object("Object");
  for (let at = 0; at < 300; at++) heap.edge(dictionary, "property", `user ${at}`, row());
  heap.hold("users", dictionary);
  let last = row();
  heap.hold("first", last);
  for (let at = 0; at < 5; at++) {
    const next = row();
    heap.edge(last, "property", "next", next);
    last = next;
  }
  const pair = heap.object("Pair", { left: row(), right: row() });
  heap.hold("pair", pair);
  const lost = row();
  const { count, rowsOf, nearest, unreached } = read(heap).group(rows);
  const sizes = Array.from({ length: count }, (_, group) => rowsOf(group).length);
  expect(sizes).toEqual([3, 300, 1, 5, 1, 1]);
  expect(nearest.map((each, group) => rowsOf(group).includes(each))).toEqual(sizes.map(() => true));
  expect([...unreached]).toEqual([lost.row]);
});

test("a hundred thousand objects of one way are one group", () => {
  const heap = drawHeap();
  const list = heap.object("Array");
  heap.hold("list", list);
  const rows = Array.from({ length: 100_000 }, () => heap.object("Row"));
  for (const [at, row] of rows.entries()) heap.edge(list, "element", at, row);
  const groups = read(heap).group(rows);
  expect(groups.count).toBe(1);
  expect(groups.rowsOf(0)).toHaveLength(100_000);
});
