import fc from "fast-check";
import { expect, test } from "vitest";
import { createPairNumbers } from "../../../extension/graph/pairNumbers.ts";

test("equal pairs have the same number, in the order in which they first come", () => {
  const part = fc.oneof(fc.nat(3), fc.integer({ min: -1, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part), { maxLength: 100 }), (pairs) => {
      const numbers = createPairNumbers();
      const seen: string[] = [];
      for (const [first, second] of pairs) {
        const key = `${first | 0} ${second | 0}`;
        if (!seen.includes(key)) seen.push(key);
        expect(numbers.numberOf(first, second)).toBe(seen.indexOf(key));
      }
      expect(numbers.count).toBe(seen.length);
    }),
    { seed: 42, numRuns: 200 },
  );
});

test("a hundred thousand pairs keep their numbers while the table grows", () => {
  const numbers = createPairNumbers();
  const all = Array.from({ length: 100_000 }, (_, at) => at);
  const numbered = () =>
    all.filter((at) => numbers.numberOf(at % 317, Math.floor(at / 317)) === at);
  expect(numbered()).toHaveLength(all.length);
  expect(numbered()).toHaveLength(all.length);
});
