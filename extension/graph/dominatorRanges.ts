import type { Dominators } from "./dominators.ts";

/** The dominator tree laid out so that what a node dominates stands in one run behind it. */
export interface DominatorRanges {
  /** The row of each node's immediate dominator. The root's is the root. */
  readonly immediate: Uint32Array;
  /** For each row the bytes that it dominates, its own among them. */
  readonly retainedSizes: Float64Array;
  /** The row at each place of that order. */
  readonly rowAt: Uint32Array;
  /** For each row how many it dominates, itself among them: so many places from its own on. */
  readonly dominatedCount: Uint32Array;
  /** Bytes that go away with all of these rows together: what one of them dominates is counted once. */
  retainedBytesOfAll(rows: ArrayLike<number>): number;
}

/** `retainedSizes` as retainedSizesOf gives them, by row. */
export function dominatorRangesOf(
  { immediate, order }: Dominators,
  retainedSizes: Float64Array,
): DominatorRanges {
  const nodeCount = order.length;
  const dominatedCount = new Uint32Array(nodeCount).fill(1);
  for (let at = nodeCount - 1; at > 0; at--) {
    const row = order[at]!;
    dominatedCount[immediate[row]!]! += dominatedCount[row]!;
  }
  const placeOf = new Uint32Array(nodeCount);
  const rowAt = new Uint32Array(nodeCount);
  /** For each row the place of the next node that hangs on it. */
  const nextPlace = new Uint32Array(nodeCount);
  nextPlace[order[0]!] = 1;
  rowAt[0] = order[0]!;
  for (let at = 1; at < nodeCount; at++) {
    const row = order[at]!;
    const dominator = immediate[row]!;
    const place = nextPlace[dominator]!;
    nextPlace[dominator] = place + dominatedCount[row]!;
    nextPlace[row] = place + 1;
    placeOf[row] = place;
    rowAt[place] = row;
  }

  return {
    immediate,
    retainedSizes,
    rowAt,
    dominatedCount,
    retainedBytesOfAll(rows) {
      const places = Uint32Array.from(rows, (row) => placeOf[row]!).sort();
      let bytes = 0;
      let behind = 0;
      for (const place of places) {
        if (place < behind) continue;
        const row = rowAt[place]!;
        bytes += retainedSizes[row]!;
        behind = place + dominatedCount[row]!;
      }
      return bytes;
    },
  };
}
