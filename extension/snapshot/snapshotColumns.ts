import type { StringTable } from "./stringTable.ts";

/** The node table, one entry per row. Row 0 is the root. */
export interface NodeColumns {
  readonly count: number;
  /** Index into `nodeTypes`. */
  readonly nodeType: Uint8Array;
  /** Index into `strings`. */
  readonly nodeName: Uint32Array;
  /** V8's object id, the same for an object's whole life. */
  readonly nodeId: Uint32Array;
  /** Shallow size in bytes. Not 32 bits: the memory of one ArrayBuffer can be larger than 4 GiB. */
  readonly nodeSelfSize: Float64Array;
  /** Row of each node's first edge; one entry more than nodes, so that row + 1 ends it. */
  readonly firstEdge: Uint32Array;
  /** 0 unknown, 1 attached, 2 detached. Null when the snapshot doesn't say. */
  readonly detachedness: Uint8Array | null;
}

/** The edge table, in the order of the nodes that they start from. */
export interface EdgeColumns {
  readonly count: number;
  /** Index into `edgeTypes`. */
  readonly edgeType: Uint8Array;
  /** An index for `element` and `hidden` edges, otherwise an index into `strings`. */
  readonly edgeNameOrIndex: Uint32Array;
  /** Row of the node that it leads to. */
  readonly edgeTarget: Uint32Array;
}

/** Positions of functions (and of the constructors of some objects); lines and columns are 0-based. */
export interface LocationColumns {
  readonly count: number;
  readonly row: Uint32Array;
  readonly scriptId: Int32Array;
  readonly line: Int32Array;
  readonly column: Int32Array;
}

/** A heap snapshot as columns: what the file says, with node offsets turned into rows and nothing judged. */
export interface SnapshotColumns {
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly locations: LocationColumns;
  readonly strings: StringTable;
  /** Names of node types, as this V8 numbers them. */
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
}
