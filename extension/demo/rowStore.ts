/**
 * A package of the demo: hands out rows of a database. A row that nobody uses any more gives its
 * handle back by itself. There is nothing wrong with this package.
 */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly columns: readonly string[];
}

const openHandles = new Set<number>();
let handlesTaken = 0;

const rows = new FinalizationRegistry<number>(function freeHandle(handle) {
  openHandles.delete(handle);
});

export function readRow(id: number): Row {
  const handle = ++handlesTaken;
  openHandles.add(handle);
  const columns = ["name", "owner", "path"].map((column) => `${column} of row ${id}`);
  const row = { id, name: `report-${id}.pdf`, columns };
  // The held value is a plain number: it does not keep the row alive.
  rows.register(row, handle);
  return row;
}

/** Rows handed out so far, and how many of them were freed. */
export function rowCounts(): { readonly registered: number; readonly freed: number } {
  return { registered: handlesTaken, freed: handlesTaken - openHandles.size };
}
