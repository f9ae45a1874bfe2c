import { AllocationTables } from "./allocationTables.ts";
import { EdgeTable } from "./edgeTable.ts";
import { createLocationTable, type LocationTable } from "./locationTable.ts";
import { NodeTable } from "./nodeTable.ts";
import { createSampleTable, type SampleTable } from "./sampleTable.ts";
import type { SnapshotColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import type { StringTable } from "./stringTable.ts";
import type { ValueReader } from "./valueReader.ts";

/** What few questions need. Without a word of it, its bytes are skipped. */
export interface WantedColumns {
  /** Who allocated each node; 4 bytes for each. */
  readonly allocations?: boolean;
  /** When which objects were allocated. */
  readonly samples?: boolean;
}

export interface ParserOptions extends WantedColumns {
  /** Size of the file, if it is known. Room for the columns is then made at once. */
  readonly fileBytes?: number;
}

/** The sections that are tables of numbers. */
export type TableSection =
  | "nodes"
  | "edges"
  | "trace_function_infos"
  | "trace_tree"
  | "samples"
  | "locations";

/** The sections that somebody wants to be read, in V8's order. */
export function wantedSections(wanted: WantedColumns): readonly TableSection[] {
  return [
    ...(["nodes", "edges"] as const),
    ...(wanted.allocations ? (["trace_function_infos", "trace_tree"] as const) : []),
    ...(wanted.samples ? (["samples"] as const) : []),
    "locations",
  ];
}

/** A table for each section that is wanted and that the header explains. */
export class SnapshotTables {
  readonly #header: SnapshotHeader;
  readonly #nodes: NodeTable;
  readonly #edges: EdgeTable;
  readonly #locations: LocationTable;
  readonly #allocations: AllocationTables | null;
  readonly #samples: SampleTable | null;

  constructor(header: SnapshotHeader, { fileBytes = 0, ...wanted }: ParserOptions) {
    const tellsAllocations =
      header.nodeFields.includes("trace_node_id") &&
      header.traceFunctionFields.length > 0 &&
      header.traceNodeFields.length > 0;
    const keepAllocations = wanted.allocations === true && tellsAllocations;
    this.#header = header;
    this.#nodes = new NodeTable(header, { keepTraceNodeId: keepAllocations, fileBytes });
    this.#edges = new EdgeTable(header, fileBytes);
    this.#locations = createLocationTable(header);
    this.#allocations = keepAllocations ? new AllocationTables(header) : null;
    this.#samples =
      wanted.samples && header.sampleFields.length > 0 ? createSampleTable(header) : null;
  }

  /** Begins behind the opening bracket. Null for a section that is to be skipped. */
  readerOf(section: TableSection): ValueReader | null {
    switch (section) {
      case "nodes":
        return this.#nodes.rows;
      case "edges":
        return this.#edges.rows;
      case "trace_function_infos":
        return this.#allocations?.functions.rows ?? null;
      case "trace_tree":
        return this.#allocations?.traces ?? null;
      case "samples":
        return this.#samples?.rows ?? null;
      case "locations":
        return this.#header.locationFields.length > 0 ? this.#locations.rows : null;
    }
  }

  /** Checks what can only be known at the end, which is at `byteOffset`. */
  finish(strings: StringTable, byteOffset: number): SnapshotColumns {
    const { traceNodeId, ...nodes } = this.#nodes.finish(strings.count, byteOffset);
    return {
      nodes,
      edges: this.#edges.finish(strings.count, byteOffset),
      locations: this.#locations.finish(),
      strings,
      allocations:
        this.#allocations && traceNodeId
          ? this.#allocations.finish(traceNodeId, strings.count, byteOffset)
          : null,
      samples: this.#samples?.finish() ?? null,
      nodeTypes: this.#header.nodeTypes,
      edgeTypes: this.#header.edgeTypes,
    };
  }
}
