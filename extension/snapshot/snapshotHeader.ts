import { SnapshotFormatError } from "./snapshotFormatError.ts";

/** The `snapshot` section: how many rows follow and in which order their fields stand. */
export interface SnapshotHeader {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly nodeFields: readonly string[];
  readonly edgeFields: readonly string[];
  /** Empty when the snapshot is from before Chrome 72, which has no locations. */
  readonly locationFields: readonly string[];
  /** These three are empty when the header does not name all that is needed to read their sections. */
  readonly traceFunctionFields: readonly string[];
  readonly traceNodeFields: readonly string[];
  readonly sampleFields: readonly string[];
}

const requiredNodeFields = ["type", "name", "id", "self_size", "edge_count"];
const requiredEdgeFields = ["type", "name_or_index", "to_node"];
const requiredLocationFields = ["object_index", "script_id", "line", "column"];
const requiredTraceFunctionFields = [
  ...["function_id", "name", "script_name"],
  ...["script_id", "line", "column"],
];
const requiredTraceNodeFields = ["id", "function_info_index", "count", "size", "children"];
const requiredSampleFields = ["timestamp_us", "last_assigned_id"];
/** Type codes are kept in one byte. */
const maxTypes = 256;
/** Columns of rows are 32 bits wide, some with -1 for none. */
const maxRows = 2 ** 31 - 1;

/**
 * Reads the text of the `snapshot` section. `byteOffset` is where it ends, for messages.
 * Throws SnapshotFormatError when it isn't what V8 writes.
 */
export function parseSnapshotHeader(text: string, byteOffset: number): SnapshotHeader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new SnapshotFormatError(
      "not-json",
      byteOffset,
      'The "snapshot" section is not valid JSON',
    );
  }
  const header = asRecord(parsed);
  const meta = asRecord(header?.["meta"]);
  if (header === null || meta === null) {
    throw new SnapshotFormatError(
      "not-a-snapshot",
      byteOffset,
      'The "snapshot" section has no "meta": this is not a V8 heap snapshot',
    );
  }
  const locationFields =
    meta["location_fields"] === undefined
      ? []
      : fields(meta, "location_fields", requiredLocationFields, byteOffset);
  return {
    nodeCount: rowCount(header, "node_count", byteOffset),
    edgeCount: rowCount(header, "edge_count", byteOffset),
    nodeFields: fields(meta, "node_fields", requiredNodeFields, byteOffset),
    edgeFields: fields(meta, "edge_fields", requiredEdgeFields, byteOffset),
    locationFields,
    traceFunctionFields: optionalFields(
      meta,
      "trace_function_info_fields",
      requiredTraceFunctionFields,
    ),
    traceNodeFields: optionalFields(meta, "trace_node_fields", requiredTraceNodeFields),
    sampleFields: optionalFields(meta, "sample_fields", requiredSampleFields),
    nodeTypes: typeNames(meta, "node_types", "node_fields", byteOffset),
    edgeTypes: typeNames(meta, "edge_types", "edge_fields", byteOffset),
  };
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function rowCount(header: Record<string, unknown>, name: string, byteOffset: number): number {
  const value = header[name];
  if (value === undefined) {
    throw new SnapshotFormatError("missing-field", byteOffset, `The header has no "${name}"`);
  }
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw new SnapshotFormatError(
      "bad-count",
      byteOffset,
      `The header's "${name}" is not a number of rows`,
    );
  }
  if (value > maxRows) {
    throw new SnapshotFormatError(
      "too-large",
      byteOffset,
      `The header's "${name}" is ${value}; at most ${maxRows} can be read`,
    );
  }
  return value;
}

function optionalFields(
  meta: Record<string, unknown>,
  name: string,
  required: readonly string[],
): readonly string[] {
  const value = meta[name];
  return isNames(value) && required.every((field) => value.includes(field)) ? value : [];
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function fields(
  meta: Record<string, unknown>,
  name: string,
  required: readonly string[],
  byteOffset: number,
): readonly string[] {
  const value = meta[name];
  if (!isNames(value)) {
    throw new SnapshotFormatError(
      "missing-field",
      byteOffset,
      `The header has no list "${name}" of field names`,
    );
  }
  for (const field of required) {
    if (!value.includes(field)) {
      throw new SnapshotFormatError(
        "missing-field",
        byteOffset,
        `The header does not name the field "${field}", without which the snapshot can't be read`,
      );
    }
  }
  return value;
}

/** V8 puts the type names in the place that the `type` field has among the fields. */
function typeNames(
  meta: Record<string, unknown>,
  name: string,
  fieldsName: string,
  byteOffset: number,
): readonly string[] {
  const types = meta[name];
  const fieldNames = meta[fieldsName];
  const at = Array.isArray(fieldNames) ? fieldNames.indexOf("type") : -1;
  const names: unknown = Array.isArray(types) ? types[at] : undefined;
  if (!isNames(names) || names.length > maxTypes) {
    throw new SnapshotFormatError(
      "missing-field",
      byteOffset,
      `The header has no list of type names in "${name}"`,
    );
  }
  return names;
}
