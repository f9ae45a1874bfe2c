import fc from "fast-check";
import { expect, test } from "vitest";
import { circlesOf } from "../../../extension/graph/circles.ts";
import { leastRotation } from "../../../extension/graph/leastRotation.ts";

/** Number `at` decides the promises of list `at`. */
function columnsOf(next: readonly (readonly number[])[]) {
  const first = new Uint32Array(next.length + 1);
  for (const [at, list] of next.entries()) first[at + 1] = (first[at] ?? 0) + list.length;
  return { count: next.length, first, next: Int32Array.from(next.flat()) };
}

const circlesIn = (next: readonly (readonly number[])[], isOpen = (_: number) => true) =>
  circlesOf(columnsOf(next), isOpen);

test("a circle is told in the order in which its promises decide each other", () => {
  // 0 → 2 → 1 → 0, and 3 → 0
  expect(circlesIn([[2], [0], [1], [0]])).toEqual([[0, 2, 1]]);
});

test("a promise that decides itself is one, a chain and a diamond are none", () => {
  expect(circlesIn([[0]])).toEqual([[0]]);
  expect(circlesIn([[1], [2], [-1]])).toEqual([]);
  expect(circlesIn([[1, 2], [3], [3], [-1]])).toEqual([]);
});

test("what is not open is left out, and with it the circles through it", () => {
  expect(circlesIn([[1], [0], [3], [2]], (promise) => promise !== 1)).toEqual([[2, 3]]);
});

test("a ring of a hundred thousand is gone around without recursion", () => {
  const count = 100_000;
  const [circle] = circlesIn(Array.from({ length: count }, (_, at) => [(at + 1) % count]));
  expect(circle).toHaveLength(count);
  expect(circle?.slice(0, 3)).toEqual([0, 1, 2]);
});

test("each circle is everything that can be come to from one of its promises and back, on random graphs", () => {
  const graph = fc.integer({ min: 1, max: 9 }).chain((count) =>
    fc.array(fc.array(fc.nat(count - 1), { maxLength: 3 }), {
      minLength: count,
      maxLength: count,
    }),
  );
  fc.assert(
    fc.property(graph, (next) => {
      const reach = next.map((_, from) => {
        const reached = new Set(next[from]);
        for (const one of reached) for (const to of next[one] ?? []) reached.add(to);
        return reached;
      });
      const expected = new Set(
        next.flatMap((_, from) => {
          const circle = next.flatMap((_, to) =>
            reach[from]?.has(to) && reach[to]?.has(from) ? [to] : [],
          );
          return circle.length > 0 ? [circle.join()] : [];
        }),
      );
      const found = circlesIn(next).map((circle) => circle.toSorted((a, b) => a - b).join());
      expect(found.length).toBe(expected.size);
      expect(new Set(found)).toEqual(expected);
    }),
    { seed: 42, numRuns: 300 },
  );
});

test("a ring begins where it reads least, whichever value stands first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 9 }), (ring) => {
      const rotated = (start: number) => [...ring.slice(start), ...ring.slice(0, start)].join("");
      const start = leastRotation(ring.length, (a, b) => (ring[a] ?? 0) - (ring[b] ?? 0));
      expect(rotated(start)).toBe(ring.map((_, at) => rotated(at)).toSorted()[0]);
    }),
    { seed: 42, numRuns: 300 },
  );
});
