import { expect, test } from "vitest";
import { createCancelledCalls } from "../../../extension/pipeline/cancelledCalls.ts";

test("a thread sees what another one has cancelled, without a message", () => {
  const here = createCancelledCalls();
  const there = createCancelledCalls(here.memory);
  expect(there.has(7)).toBe(false);
  here.add(7);
  expect(there.has(7)).toBe(true);
  expect(there.has(8)).toBe(false);
});

test("the newest are remembered, however many there were", () => {
  const calls = createCancelledCalls();
  for (let id = 1; id <= 1000; id++) calls.add(id);
  expect(calls.has(1000)).toBe(true);
  expect(calls.has(950)).toBe(true);
  expect(calls.has(1)).toBe(false);
});
