import { expect, test } from "vitest";
import { nodeClassesOf } from "../../../extension/graph/nodeClasses.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { olderLayout } from "../../build/snapshotWriter.ts";

/** Names of the nodes' classes. */
function classesIn(heap: HeapDrawing, nodes: readonly DrawnNode[]): string[] {
  const { classOf, names } = nodeClassesOf(readGraph(heap));
  return nodes.map(({ row }) => names[classOf[row] ?? -1] ?? "");
}

/** An object with these properties, in this order. */
const plain = (heap: HeapDrawing, ...properties: readonly string[]): DrawnNode => {
  const object = heap.object("Object");
  for (const name of properties) heap.edge(object, "property", name, heap.globals);
  return object;
};

test("every kind of node has the name that DevTools has for it", () => {
  const heap = drawHeap();
  const nodes = [
    heap.object("Row"),
    heap.node("native", "Node / TCPWrap"),
    heap.node("hidden", "system / Map"),
    heap.node("array", "(object elements)"),
    heap.node("string", "what it says is nobody's business"),
    heap.node("concatenated string", "(concatenated string)"),
    heap.node("closure", "onData"),
    heap.node("code", "(code for onData)"),
    heap.node("regexp", "a+b"),
    heap.node("symbol", "mark"),
    heap.node("object shape", "system / DescriptorArray"),
  ];
  expect(classesIn(heap, nodes)).toEqual([
    "Row",
    "Node / TCPWrap",
    "(system)",
    "(array)",
    "(string)",
    "(concatenated string)",
    "Function",
    "(compiled code)",
    "RegExp",
    "(symbol)",
    "(object shape)",
  ]);
});

test("elements of a page go by their tag, without attributes", () => {
  const heap = drawHeap();
  const nodes = ['<div id="a" class="b">', "<div>", "Detached <p title=x>", "<a"].map((name) =>
    heap.node("native", name),
  );
  expect(classesIn(heap, nodes)).toEqual(["<div>", "<div>", "Detached <p>", "<a"]);
});

test("plain objects are told apart by what at least two of them have in common", () => {
  const heap = drawHeap();
  const nodes = [
    plain(heap, "name", "size"),
    plain(heap, "name", "size"),
    // More than an interface asks for.
    plain(heap, "name", "size", "owner"),
    plain(heap, "owner"),
    plain(heap),
  ];
  expect(classesIn(heap, nodes)).toEqual([
    "{name, size}",
    "{name, size}",
    "{name, size}",
    "Object",
    "Object",
  ]);
});

test("of the same properties in two orders the commoner order names both", () => {
  const heap = drawHeap();
  const nodes = [
    plain(heap, "size", "name"),
    plain(heap, "size", "name"),
    plain(heap, "name", "size"),
    plain(heap, "name", "size"),
    plain(heap, "name", "size"),
  ];
  expect(new Set(classesIn(heap, nodes))).toEqual(new Set(["{name, size}"]));
});

test("the interface with most properties wins", () => {
  const heap = drawHeap();
  const small = [plain(heap, "a"), plain(heap, "a"), plain(heap, "a")];
  const large = [plain(heap, "c", "a", "b"), plain(heap, "c", "a", "b")];
  const classes = classesIn(heap, [...small, ...large, plain(heap, "b", "a", "x")]);
  expect(classes).toEqual(["{a}", "{a}", "{a}", "{c, a, b}", "{c, a, b}", "{a}"]);
});

test("a name with a comma, quote or brace is quoted, and __proto__ is no property", () => {
  const heap = drawHeap();
  const nodes = [1, 2].map(() => plain(heap, "__proto__", "x, y", 'a"b', "{"));
  expect(classesIn(heap, nodes)[0]).toBe('{"x, y", "a\\"b", "{"}');
});

test("a name ends before the property that makes it too long, but has one at least", () => {
  const heap = drawHeap();
  const long = "l".repeat(200);
  const nodes = [
    plain(heap, long, "a"),
    plain(heap, long, "b"),
    plain(heap, "a", `${long}l`, "b"),
    plain(heap, "a", `${long}l`, "c"),
  ];
  expect(classesIn(heap, nodes)).toEqual([`{${long}}`, `{${long}}`, "{a}", "{a}"]);
});

test("an interface takes a thousandth of all plain objects", () => {
  const heap = drawHeap();
  const rare = [plain(heap, "rare"), plain(heap, "rare")];
  for (let at = 0; at < 2999; at++) plain(heap, `own${at}`);
  expect(classesIn(heap, rare)).toEqual(["Object", "Object"]);
  const popular = [plain(heap, "popular"), plain(heap, "popular"), plain(heap, "popular")];
  // 3004 plain objects: four it would take, and three are not enough.
  expect(classesIn(heap, popular)[0]).toBe("Object");
  popular.push(plain(heap, "popular"));
  expect(classesIn(heap, popular)[0]).toBe("{popular}");
});

test("objects of one name are classes of their own for each place of a constructor", () => {
  const heap = drawHeap();
  const at = (line: number, name = "Row", type = "object") =>
    heap.node(type, name, { place: { scriptId: 7, line, column: 3 } });
  const rows = [at(1), at(2), at(1), heap.object("Row"), heap.object("Row")];
  const closures = [at(1, "one", "closure"), at(2, "other", "closure")];
  const { classOf, names, locations } = nodeClassesOf(readGraph(heap));
  const numbers = [...rows, ...closures].map(({ row }) => classOf[row] ?? -1);
  const [first, second, , without, , function_] = numbers;
  expect(numbers).toEqual([first, second, first, without, without, function_, function_]);
  expect(new Set(numbers).size).toBe(4);
  expect([first, second, without].map((number) => names[number ?? -1])).toEqual(
    Array(3).fill("Row"),
  );
  expect([first, second, without].map((number) => locations[number ?? -1])).toEqual([0, 1, -1]);
});

test("a native node that is detached says so, and so does what only such ones lead to", () => {
  const heap = drawHeap();
  const wrap = heap.node("native", "Node / TCPWrap", { detachedness: 2 });
  const stream = heap.node("native", "Node / Stream");
  const buffer = heap.object("Buffer");
  const behind = heap.node("native", "Node / Behind");
  heap.edge(wrap, "internal", "stream", stream);
  heap.edge(wrap, "property", "buffer", buffer);
  heap.edge(buffer, "internal", "behind", behind);
  const attached = heap.node("native", "Node / Environment", { detachedness: 1 });
  const shared = heap.node("native", "Node / Shared");
  const listed = heap.node("native", "Node / Listed");
  for (const from of [attached, stream]) heap.edge(from, "element", 1, shared);
  heap.edge(stream, "weak", "listed", listed);
  expect(classesIn(heap, [wrap, stream, buffer, behind, attached, shared, listed])).toEqual([
    "Detached Node / TCPWrap",
    "Detached Node / Stream",
    "Buffer",
    "Node / Behind",
    "Node / Environment",
    "Node / Shared",
    "Node / Listed",
  ]);
  const { names } = nodeClassesOf(
    readGraph(heap, {
      layout: { ...olderLayout, nodeFields: olderLayout.nodeFields.slice(0, 5) },
    }),
  );
  expect(names.filter((name) => name.startsWith("Detached"))).toEqual([]);
});
