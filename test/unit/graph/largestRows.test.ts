import fc from "fast-check";
import { expect, test } from "vitest";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import { createLargestRows } from "../../../extension/graph/largestRows.ts";

test("the greatest are those that sorting finds, equal ones in the order in which they came", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(5), (values, count) => {
      const largest = createLargestRows(count);
      for (const [row, value] of values.entries()) largest.add(row as NodeRow, value);
      const sorted = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
      expect(largest.rows).toEqual(sorted.slice(0, count));
    }),
    { seed: 42, numRuns: 300 },
  );
});
