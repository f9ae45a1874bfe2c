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

/** V8 writes them in the order of a hash table. */
function inOrderOfRows(locations: LocationColumns): LocationColumns {
  const { count, row } = locations;
  const end = row.reduce((highest, node) => Math.max(highest, node + 1), 0);
  const behind = new Uint32Array(end);
  for (let at = 0; at < count; at++) behind[row[at]!]!++;
  for (let node = 1; node < end; node++) behind[node]! += behind[node - 1]!;
  const order = new Uint32Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const place = behind[row[at]!]! - 1;
    behind[row[at]!] = place;
    order[place] = at;
  }
  return {
    count,
    row: row.map((_, place) => row[order[place]!]!),
    scriptId: locations.scriptId.map((_, place) => locations.scriptId[order[place]!]!),
    line: locations.line.map((_, place) => locations.line[order[place]!]!),
    column: locations.column.map((_, place) => locations.column[order[place]!]!),
  };
}
