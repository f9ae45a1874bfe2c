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
  return new FieldTable("locations", locationFields, {
    row: {
      field: "object_index",
      kind: "uint32",
      nodes: { width: nodeFields.length, count: nodeCount },
    },
    scriptId: { field: "script_id", kind: "int32" },
    line: { field: "line", kind: "int32" },
    column: { field: "column", kind: "int32" },
  });
}
