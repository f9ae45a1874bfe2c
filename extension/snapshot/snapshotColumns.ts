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
  /** Shallow size in bytes. Doubles only when one is over 4 GiB, as the memory of an ArrayBuffer can be. */
  readonly nodeSelfSize: Uint32Array | Float64Array;
  /** Row of each node's first edge; one entry more than nodes, so that row + 1 ends it. */
  readonly firstEdge: Uint32Array;
  /** 0 unknown, 1 attached, 2 detached. Null when the snapshot doesn't say, as before Node 16. */
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
  /** Row of the node, ascending. */
  readonly row: Uint32Array;
  readonly scriptId: Int32Array;
  readonly line: Int32Array;
  readonly column: Int32Array;
}

/** Functions that allocated something while allocations were tracked. */
export interface FunctionColumns {
  readonly count: number;
  /** Object id of what all closures of the function share. */
  readonly objectId: Uint32Array;
  /** Index into `strings`, as are the scripts' names. */
  readonly name: Uint32Array;
  readonly scriptName: Uint32Array;
  readonly scriptId: Int32Array;
  /** Where the function begins, 1-based, unlike locations; 0 where V8 doesn't say. */
  readonly line: Int32Array;
  readonly column: Int32Array;
}

/** The tree of the stacks on which something was allocated: a row is a function called from its parent's. */
export interface TraceColumns {
  readonly count: number;
  readonly id: Uint32Array;
  /** -1 for the root. A parent stands before its children. */
  readonly parent: Int32Array;
  /** Row in FunctionColumns. */
  readonly functionRow: Uint32Array;
  /** Objects that were allocated on just this stack, the dead ones too. */
  readonly allocationCount: Uint32Array;
  readonly allocatedBytes: Float64Array;
}

export interface AllocationColumns {
  /** For each node the row of its stack in `traces`, or -1. */
  readonly nodeTrace: Int32Array;
  readonly traces: TraceColumns;
  readonly functions: FunctionColumns;
}

/**
 * Which objects there were when, while they were tracked: those of odd ids up to a sample's last one were
 * allocated by then. Both columns ascend.
 */
export interface SampleColumns {
  readonly count: number;
  /** Microseconds since the first sample. */
  readonly timestampUs: Float64Array;
  readonly lastObjectId: Uint32Array;
}

/** A heap snapshot as columns: what the file says, with node offsets turned into rows and nothing judged. */
export interface SnapshotColumns {
  readonly nodes: NodeColumns;
  readonly edges: EdgeColumns;
  readonly locations: LocationColumns;
  readonly strings: StringTable;
  /** Null when it was not wanted or the file can't tell; Node 24 and later only can when allocations were tracked. */
  readonly allocations: AllocationColumns | null;
  /** Null when it was not wanted or the file can't tell. */
  readonly samples: SampleColumns | null;
  /** Names of node types, as this V8 numbers them. */
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
}
