import type { Dominators } from "./dominators.ts";

/**
 * Each node's retained size in bytes: its own shallow size and those of all that it dominates. The root's is the
 * whole heap's.
 */
export function retainedSizesOf(
  { immediate, order }: Dominators,
  shallowSizes: Float64Array,
): Float64Array {
  const retained = shallowSizes.slice();
  for (let at = order.length - 1; at > 0; at--) {
    const row = order[at]!;
    retained[immediate[row]!]! += retained[row]!;
  }
  return retained;
}
