import { type HeapGraph, type NodeRow, nodeType } from "./heapGraph.ts";

const nativeContextPrefix = "system / NativeContext";

/** Rows of V8's native contexts, one for each realm (`vm.createContext` makes more). */
export function nativeContexts(graph: HeapGraph): ReadonlySet<NodeRow> {
  const { strings, nodes } = graph.columns;
  const isName = new Map<number, boolean>();
  const rows = new Set<NodeRow>();
  for (let row = 0 as NodeRow; row < nodes.count; row++) {
    if (!isEngineType(graph, row)) continue;
    const name = nodes.nodeName[row]!;
    let matches = isName.get(name);
    if (matches === undefined) {
      matches = strings.startsWith(name, nativeContextPrefix);
      isName.set(name, matches);
    }
    if (matches) rows.add(row);
  }
  return rows;
}

/** With internals exposed, V8's own objects are of the type of native ones (since Node 26). */
export function isEngineType(graph: HeapGraph, row: NodeRow): boolean {
  const type = nodeType(graph, row);
  return type === graph.types.node.hidden || type === graph.types.node.native;
}
