import {
  type EdgeRow,
  edgeNameOrIndex,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";

/**
 * The entries of WeakMaps. V8 draws one edge to each value from the map's table and one from the key, both with
 * the name `N / part of key (X @id) -> value (Y @id) pair in WeakMap (table @id)`.
 */
export interface WeakMapEntries {
  isTable(row: NodeRow): boolean;
  /** True for the table's half of an entry, which alone keeps nothing alive. */
  isHeldByTable(edge: EdgeRow, from: NodeRow): boolean;
}

const entryName = /^\d+ \/ part of key .* pair in WeakMap \(table @(\d+)\)$/s;
const shortestEntryName = "0 / part of key (@1) -> value (@1) pair in WeakMap (table @1)".length;
const cache = new WeakMap<HeapGraph, WeakMapEntries>();

export function weakMapEntriesOf(graph: HeapGraph): WeakMapEntries {
  let entries = cache.get(graph);
  if (entries === undefined) {
    entries = findEntries(graph);
    cache.set(graph, entries);
  }
  return entries;
}

function findEntries(graph: HeapGraph): WeakMapEntries {
  const { strings, nodes } = graph.columns;
  const tableOfName = new Map<number, number>();
  const tableIds = new Set<number>();
  for (let index = 0; index < strings.count; index++) {
    if (strings.byteLength(index) < shortestEntryName || !strings.startsWithDigit(index)) continue;
    const table = entryName.exec(strings.text(index))?.[1];
    if (table === undefined) continue;
    tableOfName.set(index, Number(table));
    tableIds.add(Number(table));
  }
  const tables = new Uint8Array(tableIds.size === 0 ? 0 : nodes.count);
  for (let row = 0; row < tables.length; row++) {
    if (tableIds.has(nodes.nodeId[row]!)) tables[row] = 1;
  }
  return {
    isTable: (row) => tables[row] === 1,
    isHeldByTable: (edge, from) =>
      edgeType(graph, edge) === graph.types.edge.internal &&
      tableOfName.get(edgeNameOrIndex(graph, edge)) === nodes.nodeId[from],
  };
}
