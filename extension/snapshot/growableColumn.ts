type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Rows that a column has room for before anything was read. */
const firstCapacity = 1 << 12;

/**
 * How many rows to make room for when `used` rows are full and at least `needed` must fit; `declared` is what
 * the header promises, 0 when it says nothing. Room grows with what was really read, so that a header
 * that lies makes us allocate nothing; while it promises more, in large steps, since each one copies.
 */
export function grownCapacity(used: number, needed: number, declared: number): number {
  const grown = Math.max(firstCapacity, used * (declared > used ? 4 : 2), needed);
  return declared >= needed && declared < grown ? declared : grown;
}

/** A copy with room for `capacity` rows; the rows that were there keep their place. */
export function resized<C extends Column>(column: C, capacity: number): C {
  const Constructor = column.constructor as new (length: number) => C;
  const larger = new Constructor(capacity);
  larger.set(column.length > capacity ? column.subarray(0, capacity) : column);
  return larger;
}

/** The first `count` rows: the column itself when it is full, otherwise a view on it. */
export function trimmed<C extends Column>(column: C, count: number): C {
  return column.length === count ? column : (column.subarray(0, count) as C);
}
