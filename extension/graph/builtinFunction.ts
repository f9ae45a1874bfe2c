import { childNamed, type HeapGraph, type NodeRow } from "./heapGraph.ts";

/** V8 names the code of its own functions `(NAME builtin code)`, and `… builtin handle)` until Node 20. */
const builtinCode = /^\((\w+) builtin (?:code|handle)\)$/;

const caches = new WeakMap<HeapGraph, Map<number, string | null>>();

/**
 * The name that V8's sources give to a function of its own, such as `AsyncFunctionAwaitResolveClosure`; null for
 * every other node. Those that belong to promises have no name in the language.
 */
export function builtinOf(graph: HeapGraph, closure: NodeRow): string | null {
  const code = childNamed(graph, closure, graph.types.edge.internal, "code");
  if (code === null) return null;
  let names = caches.get(graph);
  if (names === undefined) {
    names = new Map();
    caches.set(graph, names);
  }
  const index = graph.columns.nodes.nodeName[code]!;
  let name = names.get(index);
  if (name === undefined) {
    name = builtinCode.exec(graph.columns.strings.text(index))?.[1] ?? null;
    names.set(index, name);
  }
  return name;
}
