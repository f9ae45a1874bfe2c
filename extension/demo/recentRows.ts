import type { Row } from "./rowStore.ts";

/**
 * A package of the demo: remembers recent rows, and forgets to forget. An ordinary leak, for
 * comparison: the rows are registered like all others, but finalizers have no part in it.
 */
const recentRows = new Map<number, Row>();

export function rememberRow(row: Row): void {
  recentRows.set(row.id, row);
}

export function countRecentRows(): number {
  return recentRows.size;
}
