import { SnapshotFormatError } from "./snapshotFormatError.ts";

type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Rows that a column has room for before anything was read. */
const firstCapacity = 1 << 8;

/** Bytes of room that a header's promise is good for, for each byte that was really read. */
const roomPerByteRead = 8;

/** What the header says of a table that grows. */
export interface PromisedRows {
  readonly rows: number;
  /** Of all columns together. */
  readonly bytesPerRow: number;
  /** Bytes of the file that were read so far. */
  readonly bytesRead: number;
  /** Bytes of the whole file; 0 when that is not known. */
  readonly fileBytes: number;
}

/**
 * How many rows to make room for when `used` rows are full and at least `needed` must fit. All that the
 * header promises, in one step, as each step copies; but no more than the whole file has bytes, or where
 * that isn't known a few times what was read, so that a header that lies takes no memory.
 */
export function grownCapacity(used: number, needed: number, promised?: PromisedRows): number {
  const doubled = Math.max(firstCapacity, used * 2, needed);
  if (promised === undefined) return doubled;
  const { rows, bytesPerRow, bytesRead, fileBytes } = promised;
  const affordable = Math.floor(Math.max(bytesRead * roomPerByteRead, fileBytes) / bytesPerRow);
  return Math.max(needed, Math.min(rows, Math.max(doubled, affordable)));
}

/**
 * A copy with room for `capacity` rows; the rows that were there keep their place. Throws SnapshotFormatError
 * when the system has no memory for it.
 */
export function resized<C extends Column>(column: C, capacity: number, byteOffset: number): C {
  const larger = emptyColumn(column, capacity, byteOffset);
  larger.set(column.length > capacity ? column.subarray(0, capacity) : column);
  return larger;
}

/** A column of the same kind as `like`, all 0. Throws as resized does. */
export function emptyColumn<C extends Column>(like: C, capacity: number, byteOffset: number): C {
  const Constructor = like.constructor as new (length: number) => C;
  try {
    return new Constructor(capacity);
  } catch {
    const gigabytes = ((capacity * like.BYTES_PER_ELEMENT) / 1e9).toFixed(1);
    throw new SnapshotFormatError(
      "too-large",
      byteOffset,
      `The snapshot needs ${gigabytes} GB for one of its columns, and the system does not give it`,
    );
  }
}

/** The first `count` rows: the column itself when it is full, otherwise a view on it. */
export function trimmed<C extends Column>(column: C, count: number): C {
  return column.length === count ? column : (column.subarray(0, count) as C);
}
