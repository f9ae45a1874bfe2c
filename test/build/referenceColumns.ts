import type {
  AllocationColumns,
  EdgeColumns,
  LocationColumns,
  NodeColumns,
  SampleColumns,
  SnapshotColumns,
} from "../../extension/snapshot/snapshotColumns.ts";

/** The columns of a snapshot with its strings as strings. */
export interface PlainColumns {
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly locations: LocationColumns;
  readonly allocations: AllocationColumns | null;
  readonly samples: SampleColumns | null;
  readonly strings: readonly string[];
}

export function plainColumns({ strings, ...columns }: SnapshotColumns): PlainColumns {
  const { nodes, edges, locations, allocations, samples } = columns;
  const texts = Array.from({ length: strings.count }, (_, index) => strings.text(index));
  return { nodes, edges, locations, allocations, samples, strings: texts };
}

interface SnapshotFile {
  readonly snapshot: {
    readonly meta: Readonly<Record<string, readonly string[] | undefined>>;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly locations?: readonly number[];
  readonly trace_function_infos?: readonly number[];
  readonly trace_tree?: readonly unknown[];
  readonly samples?: readonly number[];
  readonly strings: readonly string[];
}

/**
 * All columns of a small snapshot by way of JSON.parse, to compare with. It judges nothing: what contradicts
 * itself gives columns without sense, or some error.
 */
export function referenceColumns(bytes: Uint8Array): PlainColumns {
  const file: SnapshotFile = JSON.parse(new TextDecoder().decode(bytes));
  const { meta } = file.snapshot;
  const field = (numbers: readonly number[] | undefined, fields: string, name: string) => {
    const names = meta[fields] ?? [];
    const at = names.indexOf(name);
    const own = (numbers ?? []).filter(
      (_, index) => names.length > 0 && index % names.length === at,
    );
    // A zero has no sign.
    return own.map((number) => number + 0);
  };
  const nodeField = (name: string) => field(file.nodes, "node_fields", name);
  const edgeField = (name: string) => field(file.edges, "edge_fields", name);
  const locationField = (name: string) => field(file.locations, "location_fields", name);
  const places = locationField("object_index").map((offset, place) => ({ offset, place }));
  places.sort((left, right) => left.offset - right.offset);
  const inOrder = (name: string) => {
    const values = locationField(name);
    return places.map(({ place }) => values[place] ?? 0);
  };
  const nodeWidth = meta["node_fields"]?.length ?? 0;
  const has = (fields: string, names: readonly string[]) =>
    names.every((name) => meta[fields]?.includes(name));

  const firstEdge = [0];
  for (const count of nodeField("edge_count")) firstEdge.push((firstEdge.at(-1) ?? 0) + count);
  return {
    nodes: {
      count: nodeField("type").length,
      nodeType: Uint8Array.from(nodeField("type")),
      nodeName: Uint32Array.from(nodeField("name")),
      nodeId: Uint32Array.from(nodeField("id")),
      nodeSelfSize: nodeField("self_size").some((size) => size >= 2 ** 32)
        ? Float64Array.from(nodeField("self_size"))
        : Uint32Array.from(nodeField("self_size")),
      firstEdge: Uint32Array.from(firstEdge),
      detachedness: has("node_fields", ["detachedness"])
        ? Uint8Array.from(nodeField("detachedness"))
        : null,
    },
    edges: {
      count: edgeField("type").length,
      edgeType: Uint8Array.from(edgeField("type")),
      edgeNameOrIndex: Uint32Array.from(edgeField("name_or_index")),
      edgeTarget: Uint32Array.from(edgeField("to_node"), (offset) => offset / nodeWidth),
    },
    locations: {
      count: locationField("line").length,
      row: Uint32Array.from(inOrder("object_index"), (offset) => offset / nodeWidth),
      scriptId: Int32Array.from(inOrder("script_id")),
      line: Int32Array.from(inOrder("line")),
      column: Int32Array.from(inOrder("column")),
    },
    allocations:
      has("node_fields", ["trace_node_id"]) &&
      has("trace_node_fields", traceFields) &&
      has("trace_function_info_fields", functionFields)
        ? allocationsOf(file, nodeField("trace_node_id"), (name) =>
            field(file.trace_function_infos, "trace_function_info_fields", name),
          )
        : null,
    samples: has("sample_fields", ["timestamp_us", "last_assigned_id"])
      ? {
          count: field(file.samples, "sample_fields", "timestamp_us").length,
          timestampUs: Float64Array.from(field(file.samples, "sample_fields", "timestamp_us")),
          lastObjectId: Uint32Array.from(field(file.samples, "sample_fields", "last_assigned_id")),
        }
      : null,
    // Half a surrogate pair has no UTF-8.
    strings: file.strings.map((text) => decoder.decode(new TextEncoder().encode(text))),
  };
}

/** A byte order mark at the beginning of a string is one of its characters. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const traceFields = ["id", "function_info_index", "count", "size", "children"];
const functionFields = ["function_id", "name", "script_name", "script_id", "line", "column"];

function allocationsOf(
  { snapshot, trace_tree }: SnapshotFile,
  traceIds: readonly number[],
  functionField: (name: string) => readonly number[],
): AllocationColumns {
  const names = snapshot.meta["trace_node_fields"] ?? [];
  const rows: { parent: number; fields: readonly unknown[] }[] = [];
  const gather = (list: readonly unknown[], parent: number) => {
    for (let at = 0; at < list.length; at += names.length) {
      const fields = list.slice(at, at + names.length);
      const row = rows.push({ parent, fields }) - 1;
      gather(fields[names.indexOf("children")] as readonly unknown[], row);
    }
  };
  gather(trace_tree ?? [], -1);
  const traceField = (name: string) =>
    rows.map(({ fields }) => Number(fields[names.indexOf(name)]));
  const ids = traceField("id");
  return {
    nodeTrace: Int32Array.from(traceIds, (id) => (id === 0 ? -1 : ids.indexOf(id))),
    traces: {
      count: rows.length,
      id: Uint32Array.from(ids),
      parent: Int32Array.from(rows, ({ parent }) => parent),
      functionRow: Uint32Array.from(traceField("function_info_index")),
      allocationCount: Uint32Array.from(traceField("count")),
      allocatedBytes: Float64Array.from(traceField("size")),
    },
    functions: {
      count: functionField("name").length,
      objectId: Uint32Array.from(functionField("function_id")),
      name: Uint32Array.from(functionField("name")),
      scriptName: Uint32Array.from(functionField("script_name")),
      scriptId: Int32Array.from(functionField("script_id")),
      line: Int32Array.from(functionField("line")),
      column: Int32Array.from(functionField("column")),
    },
  };
}
