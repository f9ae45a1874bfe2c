import fc from "fast-check";
import { type DrawnHeap, type DrawnNode, drawHeap } from "./heapDrawing.ts";

const nodeTypes = ["hidden", "array", "string", "object", "closure", "native", "symbol"] as const;
const edgeTypes = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];

/** Any text that a heap can hold, half surrogate pairs left out: UTF-8 has no place for them. */
const anyText = fc.string({ unit: "binary", maxLength: 12 });

const anyNode = fc.record({
  type: fc.constantFrom(...nodeTypes),
  name: anyText,
  selfSizeBytes: fc.oneof(
    fc.nat(200),
    fc.maxSafeInteger().map((size) => Math.abs(size) % 2 ** 40),
  ),
  objectId: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  place: fc.option(
    fc.record({ scriptId: fc.nat(500), line: fc.nat(90_000), column: fc.nat(9_000_000) }),
    { nil: undefined },
  ),
});

const anyEdge = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  type: fc.constantFrom(...edgeTypes),
  index: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  name: anyText,
});

/** Heaps without any sense, which are right all the same as far as the format goes. */
export const arbitraryHeap: fc.Arbitrary<DrawnHeap> = fc
  .record({
    nodes: fc.array(anyNode, { maxLength: 12 }),
    edges: fc.array(anyEdge, { maxLength: 40 }),
  })
  .map(({ nodes, edges }) => {
    const heap = drawHeap();
    const drawn: DrawnNode[] = [heap.root, heap.globals];
    for (const { type, name, place, ...rest } of nodes) {
      drawn.push(heap.node(type, name, place ? { ...rest, place } : rest));
    }
    const pick = (number: number) => drawn[number % drawn.length] ?? heap.root;
    for (const { from, to, type, index, name } of edges) {
      const nameOrIndex = type === "element" || type === "hidden" ? index : name;
      heap.edge(pick(from), type, nameOrIndex, pick(to));
    }
    return heap;
  });
