import type { SnapshotColumns } from "./snapshotColumns.ts";

/** A function on the stack of an allocation. */
export interface AllocationFrame {
  /** Empty for one without a name. */
  readonly functionName: string;
  /** Empty for one of V8's own. */
  readonly scriptName: string;
  /** 0 for one of V8's own. */
  readonly scriptId: number;
  /** Where the function begins (not the call in it), 0-based; null where V8 doesn't say. */
  readonly position: { readonly line: number; readonly column: number } | null;
}

/**
 * The stack on which a node was allocated, innermost first, at most V8's 64 frames; empty when nobody tracked
 * allocations at that time. For columns that were parsed with `allocations`.
 */
export function allocationStackOf(columns: SnapshotColumns, row: number): AllocationFrame[] {
  const { allocations, strings } = columns;
  const stack: AllocationFrame[] = [];
  if (allocations === null) return stack;
  const { nodeTrace, traces, functions } = allocations;
  for (let trace = nodeTrace[row] ?? -1; trace !== -1; trace = traces.parent[trace]!) {
    // The outermost is no function but V8's "(root)".
    if (traces.parent[trace] === -1) break;
    const at = traces.functionRow[trace]!;
    const line = functions.line[at]! - 1;
    stack.push({
      functionName: strings.text(functions.name[at]!),
      scriptName: strings.text(functions.scriptName[at]!),
      scriptId: functions.scriptId[at]!,
      position: line < 0 ? null : { line, column: functions.column[at]! - 1 },
    });
  }
  return stack;
}
