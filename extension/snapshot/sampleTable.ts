import { FieldTable } from "./fieldTable.ts";
import type { SampleColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import type { ValueReader } from "./valueReader.ts";

/** Gathers the `samples` section. */
export interface SampleTable {
  readonly rows: ValueReader;
  finish(): SampleColumns;
}

export function createSampleTable({ sampleFields }: SnapshotHeader): SampleTable {
  return new FieldTable("samples", sampleFields, {
    timestampUs: { field: "timestamp_us", kind: "float64" },
    lastObjectId: { field: "last_assigned_id", kind: "uint32" },
  });
}
