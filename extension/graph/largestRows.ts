import type { NodeRow } from "./heapGraph.ts";

/**
 * Gathers the rows with the greatest values, at most `count`, the greatest first; of equal ones the first that
 * was added. For counts that a person reads: each row that is among them so far moves those behind it.
 */
export interface LargestRows {
  add(row: NodeRow, value: number): void;
  readonly rows: readonly NodeRow[];
}

export function createLargestRows(count: number): LargestRows {
  const rows: NodeRow[] = [];
  const values: number[] = [];
  return {
    rows,
    add(row, value) {
      if (count === 0 || (rows.length === count && value <= values[count - 1]!)) return;
      let at = rows.length;
      while (at > 0 && values[at - 1]! < value) at--;
      rows.splice(at, 0, row);
      values.splice(at, 0, value);
      if (rows.length > count) {
        rows.pop();
        values.pop();
      }
    },
  };
}
