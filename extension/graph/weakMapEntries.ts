import { type EdgeRow, edgeNameOrIndex, type HeapGraph, type NodeRow } from "./heapGraph.ts";

/**
 * The entries of WeakMaps. V8 draws one edge to each value from the map's table and one from the key, both
 * named `N / part of key (X @id) -> value (Y @id) pair in WeakMap (table @id)`, with an N of its own for
 * each. Neither of them alone keeps the value alive: that takes the key and the table.
 */
export interface WeakMapEntries {
  /** Row of the table whose entry this edge belongs to; -1 for an ordinary edge. */
  tableOf(edge: EdgeRow): NodeRow | -1;
  isTable(row: NodeRow): boolean;
}

const entryName = /^\d+ \/ part of key .* pair in WeakMap \(table @(\d+)\)$/s;
const shortestEntryName = "0 / part of key (@1) -> value (@1) pair in WeakMap (table @1)".length;
const none: WeakMapEntries = { tableOf: () => -1, isTable: () => false };
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
  const { strings, nodes, edges } = graph.columns;
  const tableIdOfName = new Map<number, number>();
  for (let index = 0; index < strings.count; index++) {
    if (strings.byteLength(index) < shortestEntryName || !strings.startsWithDigit(index)) continue;
    const tableId = entryName.exec(strings.text(index))?.[1];
    if (tableId !== undefined) tableIdOfName.set(index, Number(tableId));
  }
  if (tableIdOfName.size === 0) return none;

  const tableIds = new Set(tableIdOfName.values());
  const rowOfTable = new Map<number, number>();
  const tables = new Uint8Array(nodes.count);
  for (let row = 0; row < nodes.count; row++) {
    const id = nodes.nodeId[row]!;
    if (!tableIds.has(id)) continue;
    rowOfTable.set(id, row);
    tables[row] = 1;
  }
  // A column rather than a map: every edge of a walk asks.
  const tableOfName = new Int32Array(strings.count).fill(-1);
  for (const [index, id] of tableIdOfName) tableOfName[index] = rowOfTable.get(id) ?? -1;

  const { internal } = graph.types.edge;
  return {
    tableOf: (edge) =>
      (edges.edgeType[edge] === internal ? tableOfName[edgeNameOrIndex(graph, edge)]! : -1) as
        | NodeRow
        | -1,
    isTable: (row) => tables[row] === 1,
  };
}
