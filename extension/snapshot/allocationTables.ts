import { FieldTable } from "./fieldTable.ts";
import type { AllocationColumns, TraceColumns } from "./snapshotColumns.ts";
import type { SnapshotHeader } from "./snapshotHeader.ts";
import { outOfRange } from "./tableErrors.ts";
import { TraceTree } from "./traceTree.ts";

const functionColumns = {
  objectId: { field: "function_id", kind: "uint32" },
  name: { field: "name", kind: "uint32" },
  scriptName: { field: "script_name", kind: "uint32" },
  scriptId: { field: "script_id", kind: "int32" },
  line: { field: "line", kind: "int32" },
  column: { field: "column", kind: "int32" },
} as const;

/** Gathers the sections about who allocated what: `trace_function_infos` and `trace_tree`. */
export class AllocationTables {
  readonly functions: FieldTable<typeof functionColumns>;
  readonly traces: TraceTree;

  constructor({ traceFunctionFields, traceNodeFields }: SnapshotHeader) {
    this.functions = new FieldTable("trace_function_infos", traceFunctionFields, functionColumns);
    this.traces = new TraceTree(traceNodeFields);
  }

  /** `traceNodeId` is the field of all nodes, 0 for none; its memory is used for the result. */
  finish(traceNodeId: Uint32Array, stringCount: number, byteOffset: number): AllocationColumns {
    const functions = this.functions.finish();
    const traces = this.traces.finish();
    for (let row = 0; row < functions.count; row++) {
      for (const name of [functions.name[row]!, functions.scriptName[row]!]) {
        if (name < stringCount) continue;
        const problem = `is named by string ${name}, but there are ${stringCount} strings`;
        throw outOfRange("trace_function_infos", row, problem, byteOffset);
      }
    }
    for (let row = 0; row < traces.count; row++) {
      const functionRow = traces.functionRow[row]!;
      if (functionRow < functions.count) continue;
      const problem = `is of function ${functionRow}, but there are ${functions.count} functions`;
      throw outOfRange("trace_tree", row, problem, byteOffset);
    }
    return { nodeTrace: rowsOfIds(traceNodeId, traces, byteOffset), traces, functions };
  }
}

/** Puts in place of each id the row that has it, -1 for 0. */
function rowsOfIds(ids: Uint32Array, traces: TraceColumns, byteOffset: number): Int32Array {
  const byId = Uint32Array.from(traces.id, (_, row) => row).sort(
    (left, right) => traces.id[left]! - traces.id[right]!,
  );
  for (let place = 1; place < byId.length; place++) {
    const id = traces.id[byId[place]!]!;
    if (id !== traces.id[byId[place - 1]!]) continue;
    throw outOfRange("trace_tree", byId[place]!, `has the id ${id} of another row`, byteOffset);
  }
  const rows = new Int32Array(ids.buffer, ids.byteOffset, ids.length);
  for (let node = 0; node < ids.length; node++) {
    const id = ids[node]!;
    if (id === 0) {
      rows[node] = -1;
      continue;
    }
    const row = findRow(byId, traces.id, id);
    if (row === -1) {
      const problem = `has ${id} for its trace_node_id, which is none of the "trace_tree" section`;
      throw outOfRange("nodes", node, problem, byteOffset);
    }
    rows[node] = row;
  }
  return rows;
}

function findRow(byId: Uint32Array, ids: Uint32Array, wanted: number): number {
  let low = 0;
  let high = byId.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const id = ids[byId[middle]!]!;
    if (id === wanted) return byId[middle]!;
    if (id < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
