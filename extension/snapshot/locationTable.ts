import { FieldTable } from "./fieldTable.ts";
import type { LocationColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import type { ValueReader } from "./valueReader.ts";

/** Gathers the `locations` section. */
export interface LocationTable {
  readonly rows: ValueReader;
  finish(): LocationColumns;
}

export function createLocationTable(header: SnapshotHeader): LocationTable {
  const { locationFields, nodeFields, nodeCount } = header;
  const table = new FieldTable("locations", locationFields, {
    row: {
      field: "object_index",
      kind: "uint32",
      nodes: { width: nodeFields.length, count: nodeCount },
    },
    scriptId: { field: "script_id", kind: "int32" },
    line: { field: "line", kind: "int32" },
    column: { field: "column", kind: "int32" },
  });

  return { rows: table.rows, finish: () => inOrderOfRows(table.finish()) };
}

/** V8 writes them in the order of a hash table: a counting sort. */
function inOrderOfRows({ count, row, scriptId, line, column }: LocationColumns): LocationColumns {
  let end = 0;
  for (let at = 0; at < count; at++) end = Math.max(end, row[at]! + 1);
  /** By node: first how many locations it has, then the place behind its last one. */
  const behind = new Uint32Array(end);
  for (let at = 0; at < count; at++) behind[row[at]!]!++;
  for (let node = 1; node < end; node++) behind[node]! += behind[node - 1]!;
  const order = new Uint32Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const node = row[at]!;
    behind[node]!--;
    order[behind[node]!] = at;
  }
  return {
    count,
    row: inOrder(row, order, new Uint32Array(count)),
    scriptId: inOrder(scriptId, order, new Int32Array(count)),
    line: inOrder(line, order, new Int32Array(count)),
    column: inOrder(column, order, new Int32Array(count)),
  };
}

function inOrder<Column extends Uint32Array | Int32Array>(
  column: Column,
  order: Uint32Array,
  result: Column,
): Column {
  for (let place = 0; place < order.length; place++) result[place] = column[order[place]!]!;
  return result;
}
