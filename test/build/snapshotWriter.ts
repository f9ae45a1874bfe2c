import type { DrawnHeap } from "./heapDrawing.ts";

/** How one version of V8 writes the file. */
export interface SnapshotLayout {
  readonly nodeFields: readonly string[];
  readonly edgeFields: readonly string[];
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  /** Empty for a V8 from before Chrome 72, which does not know of locations. */
  readonly locationFields: readonly string[];
  /** V8 up to Node 22 writes each row on a line of its own. */
  readonly rowPerLine: boolean;
}

const oldestNodeTypes = [
  ...["hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native"],
  ...["synthetic", "concatenated string", "sliced string", "symbol", "bigint"],
];
const nodeTypes = [...oldestNodeTypes, "object shape"];
const edgeTypes = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
const locationFields = ["object_index", "script_id", "line", "column"];
const edgeFields = ["type", "name_or_index", "to_node"];
const nodeFields = ["type", "name", "id", "self_size", "edge_count"];

/** Node 20 and 22. */
export const olderLayout: SnapshotLayout = {
  nodeFields: [...nodeFields, "trace_node_id", "detachedness"],
  ...{ edgeFields, nodeTypes, edgeTypes, locationFields },
  rowPerLine: true,
};

/** Node 24 and 26. */
export const newerLayout: SnapshotLayout = {
  nodeFields: [...nodeFields, "detachedness"],
  ...{ edgeFields, nodeTypes, edgeTypes, locationFields },
  rowPerLine: false,
};

/** As the `meta` of real files of each version says, with and without tracked allocations. */
export const allLayouts: readonly (readonly [string, SnapshotLayout])[] = [
  [
    "V8 before locations",
    {
      nodeFields: [...nodeFields, "trace_node_id"],
      ...{ edgeFields, nodeTypes: oldestNodeTypes, edgeTypes, locationFields: [] },
      rowPerLine: true,
    },
  ],
  [
    "Node 12 and 14",
    {
      nodeFields: [...nodeFields, "trace_node_id"],
      ...{ edgeFields, nodeTypes: oldestNodeTypes, edgeTypes, locationFields },
      rowPerLine: true,
    },
  ],
  ["Node 16 and 18", { ...olderLayout, nodeTypes: oldestNodeTypes }],
  ["Node 20", { ...olderLayout, nodeTypes: [...nodeTypes, "wasm object"] }],
  ["Node 22", olderLayout],
  ["Node 24 and 26", newerLayout],
  [
    "Node 24 and 26 when allocations were tracked",
    { ...newerLayout, nodeFields: [...nodeFields, "trace_node_id", "detachedness"] },
  ],
];

/** What V8 writes besides the heap itself when allocations were tracked. */
export interface DrawnTracking {
  readonly functions: readonly {
    readonly objectId: number;
    readonly name: string;
    readonly scriptName: string;
    readonly scriptId: number;
    /** 1-based, 0 for unknown, as V8 has it in this section only. */
    readonly line: number;
    readonly column: number;
  }[];
  readonly traces: readonly DrawnTrace[];
  readonly samples: readonly { readonly timestampUs: number; readonly lastObjectId: number }[];
  /** By row of the node the id of its trace; 0, or nothing, for none. */
  readonly traceOfNode: readonly number[];
}

export interface DrawnTrace {
  readonly id: number;
  readonly functionRow: number;
  readonly count: number;
  readonly size: number;
  readonly children: readonly DrawnTrace[];
}

const untracked: DrawnTracking = {
  ...{ functions: [], traces: [], samples: [], traceOfNode: [] },
};

const traceFunctionFields = ["function_id", "name", "script_name", "script_id", "line", "column"];
const traceNodeFields = ["id", "function_info_index", "count", "size", "children"];
const sampleFields = ["timestamp_us", "last_assigned_id"];

export type SectionName =
  | "snapshot"
  | "nodes"
  | "edges"
  | "trace_function_infos"
  | "trace_tree"
  | "samples"
  | "locations"
  | "strings";

const sectionsInOrder: readonly SectionName[] = [
  ...(["snapshot", "nodes", "edges", "trace_function_infos"] as const),
  ...(["trace_tree", "samples", "locations", "strings"] as const),
];

/** Deviations from what V8 writes, for tests of the parser. */
export interface WriteOptions {
  readonly layout?: SnapshotLayout;
  readonly tracking?: DrawnTracking;
  /** Which sections, in which order; all of V8's in V8's order without it. */
  readonly sections?: readonly SectionName[];
  /** Sections that no version of V8 has, as JSON text, written before the strings. */
  readonly unknownSections?: Readonly<Record<string, string>>;
  /** Replaces entries of the `snapshot` section. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Replaces entries of `meta`; `undefined` leaves one out. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Writes every character beyond ASCII as `\uXXXX`, as V8 does; otherwise as UTF-8. */
  readonly escapeNonAscii?: boolean;
  /** The sections' text is passed through this, to damage it. */
  readonly spoil?: (section: SectionName, text: string) => string;
}

/** The bytes of a `.heapsnapshot` file with this heap. */
export function writeSnapshot(heap: DrawnHeap, options: WriteOptions = {}): Uint8Array {
  const layout = options.layout ?? newerLayout;
  const strings = new StringNumbers();
  const texts = sectionTexts(heap, layout, strings, options);
  const spoil = options.spoil ?? ((_, text) => text);
  const unknown = Object.entries(options.unknownSections ?? {});
  const parts: string[] = [];
  const sections = sectionsInOrder.filter(
    (section) => section !== "locations" || layout.locationFields.length > 0,
  );
  for (const section of options.sections ?? sections) {
    if (section === "strings") {
      parts.push(...unknown.map(([name, text]) => `${JSON.stringify(name)}:${text}`));
    }
    parts.push(`"${section}":${spoil(section, texts[section])}`);
  }
  return new TextEncoder().encode(`{${parts.join(",\n")}}`);
}

function sectionTexts(
  heap: DrawnHeap,
  layout: SnapshotLayout,
  strings: StringNumbers,
  options: WriteOptions,
): Record<SectionName, string> {
  const nodeWidth = layout.nodeFields.length;
  const tracking = options.tracking ?? untracked;
  const nodes = heap.nodes.map((node, index) =>
    row(layout.nodeFields, {
      type: layout.nodeTypes.indexOf(node.type),
      name: strings.numberOf(node.name),
      id: node.objectId,
      self_size: node.selfSizeBytes,
      edge_count: node.edges.length,
      trace_node_id: tracking.traceOfNode[index] ?? 0,
      detachedness: node.detachedness ?? 0,
    }),
  );
  const edges = heap.nodes.flatMap((node) =>
    node.edges.map(({ type, nameOrIndex, to }) =>
      row(layout.edgeFields, {
        type: layout.edgeTypes.indexOf(type),
        name_or_index:
          typeof nameOrIndex === "number" ? nameOrIndex : strings.numberOf(nameOrIndex),
        to_node: to.row * nodeWidth,
      }),
    ),
  );
  const locations = heap.places.map(({ node, scriptId, line, column }) =>
    row(layout.locationFields, {
      object_index: node.row * nodeWidth,
      script_id: scriptId,
      line,
      column,
    }),
  );
  const functions = tracking.functions.map((info) =>
    row(traceFunctionFields, {
      function_id: info.objectId,
      name: strings.numberOf(info.name),
      script_name: strings.numberOf(info.scriptName),
      script_id: info.scriptId,
      line: info.line,
      column: info.column,
    }),
  );
  const samples = tracking.samples.map(({ timestampUs, lastObjectId }) =>
    row(sampleFields, { timestamp_us: timestampUs, last_assigned_id: lastObjectId }),
  );
  const header = {
    meta: {
      node_fields: layout.nodeFields,
      node_types: typesInPlace(layout.nodeFields, layout.nodeTypes),
      edge_fields: layout.edgeFields,
      edge_types: typesInPlace(layout.edgeFields, layout.edgeTypes),
      trace_function_info_fields: traceFunctionFields,
      trace_node_fields: traceNodeFields,
      sample_fields: sampleFields,
      ...(layout.locationFields.length > 0 && { location_fields: layout.locationFields }),
      ...options.meta,
    },
    node_count: nodes.length,
    edge_count: edges.length,
    trace_function_count: functions.length,
    ...options.header,
  };
  const table = (rows: readonly string[]) => `[${rows.join(layout.rowPerLine ? "\n," : ",")}]`;
  return {
    snapshot: JSON.stringify(header),
    nodes: table(nodes),
    edges: table(edges),
    trace_function_infos: table(functions),
    trace_tree: JSON.stringify(traceFieldsOf(tracking.traces)),
    samples: table(samples),
    locations: table(locations),
    strings: stringsText(strings.texts, layout, options.escapeNonAscii ?? true),
  };
}

/** A trace's children are a list in the place of their field. */
function traceFieldsOf(traces: readonly DrawnTrace[]): unknown[] {
  return traces.flatMap(({ id, functionRow, count, size, children }) => [
    ...[id, functionRow, count, size],
    traceFieldsOf(children),
  ]);
}

/** The names of the types stand where the `type` field stands among the fields. */
const typesInPlace = (fields: readonly string[], types: readonly string[]) =>
  fields.map((field) => (field === "type" ? types : "number"));

const row = (fields: readonly string[], values: Readonly<Record<string, number>>): string =>
  fields.map((field) => values[field] ?? 0).join(",");

function stringsText(
  texts: readonly string[],
  { rowPerLine }: SnapshotLayout,
  escapeNonAscii: boolean,
): string {
  const quoted = texts.map((text) => {
    const json = JSON.stringify(text);
    return escapeNonAscii ? escapeBeyondAscii(json) : json;
  });
  return `[${quoted.join(rowPerLine ? ",\n" : ",")}]`;
}

const escapeBeyondAscii = (json: string): string =>
  json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Numbers strings in the order of their first use. V8's first one is a placeholder. */
class StringNumbers {
  readonly texts: string[] = ["<dummy>"];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.texts.push(text);
    this.#numbers.set(text, number);
    return number;
  }
}
