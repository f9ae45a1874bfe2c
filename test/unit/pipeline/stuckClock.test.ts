import { expect, test } from "vitest";
import { createStuckClock } from "../../../extension/pipeline/stuckClock.ts";
import type { ThreadObservation } from "../../../extension/protocol/threadObservation.ts";
import { observed } from "../../build/evidence.ts";

const stack = ["spin app.js:3", "onBlock app.js:2"];
const stuck = observed([stack, stack, stack], [7, 7, 7]);
const later = (by: number, observation: ThreadObservation): ThreadObservation => ({
  ...observation,
  samples: observation.samples.map((sample) => ({ ...sample, atMs: sample.atMs + by })),
});

test("the age grows from the first sight as long as the loop stays in the same turn", () => {
  const clock = createStuckClock();
  expect(clock.note(stuck)).toBe(true);
  expect(clock.sinceMs(stuck)).toBe(100);
  const again = later(5000, stuck);
  expect(clock.note(again)).toBe(false);
  expect(clock.sinceMs(again)).toBe(5100);
});

test("a completed turn in between starts the age anew, although the stack is the same", () => {
  const clock = createStuckClock();
  clock.note(stuck);
  const next = later(5000, observed([stack, stack, stack], [8, 8, 8]));
  expect(clock.note(next)).toBe(true);
  expect(clock.sinceMs(next)).toBe(100);
});

test("a thread that slept in a lock before we came is at least as old as its sleep", () => {
  const clock = createStuckClock();
  const asleep = { ...stuck, asleepBeforeMs: 60_000 };
  clock.note(asleep);
  expect(clock.sinceMs(asleep)).toBe(60_100);
});

test("the sleep before the first contact says nothing about a stall that began later", () => {
  const clock = createStuckClock();
  const idle = { ...observed([[], []], [5, 6]), asleepBeforeMs: 60_000 };
  clock.note(idle);
  expect(clock.sinceMs(idle)).toBe(0);
  const asleep = { ...later(1000, stuck), asleepBeforeMs: 60_000 };
  clock.note(asleep);
  expect(clock.sinceMs(asleep)).toBe(100);
});
