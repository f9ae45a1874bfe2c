import type { SnapshotColumns } from "../snapshot/snapshotColumns.ts";

/**
 * How Chrome DevTools reads the names of edges to WeakMap values, string by string. It takes a name for an entry's
 * only when it has no line break, and tells entries apart by their text alone; where its numbers are to be
 * had, that has to be the same.
 */
export interface EphemeronNames {
  /** For each string the number of the entry that it names, 0 for every other string. */
  readonly entryOf: Uint32Array;
  /** For each entry the object id of its WeakMap's table; entries are numbered from 1. */
  readonly tableId: readonly number[];
}

// As in DevTools' HeapSnapshot.ts, tryParseWeakMapEdgeName.
const entryName =
  /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/;
const shortestName = "0 / part of key ( @1) -> value ( @1) pair in WeakMap (table @1)".length;

export function readEphemeronNames({ strings }: SnapshotColumns): EphemeronNames {
  const entryOf = new Uint32Array(strings.count);
  const tableId = [0];
  const numbers = new Map<string, number>();
  for (let index = 0; index < strings.count; index++) {
    if (strings.byteLength(index) < shortestName || !strings.startsWithDigit(index)) continue;
    const [, shared, table] = entryName.exec(strings.text(index)) ?? [];
    if (shared === undefined || table === undefined) continue;
    let number = numbers.get(shared);
    if (number === undefined) {
      number = tableId.push(Number(table)) - 1;
      numbers.set(shared, number);
    }
    entryOf[index] = number;
  }
  return { entryOf, tableId };
}
