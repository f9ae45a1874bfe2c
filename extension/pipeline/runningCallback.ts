import type { ThreadEvidence } from "../findings/evidence.ts";
import { judgeThread } from "../findings/judgeThread.ts";
import type { ThreadObservation } from "../protocol/threadObservation.ts";
import { type FunctionStart, startOf } from "./threadEvidence.ts";

/** The function that a stuck thread entered, when it is proved to be a cleanup callback. */
export function runningCallback(
  observation: ThreadObservation,
  { cleanup }: ThreadEvidence,
): FunctionStart | null {
  const { bottom, state } = judgeThread(observation);
  return state === "stuck" && cleanup.answer === "proved" && bottom ? startOf(bottom) : null;
}

/** A thread asleep since before we came is inside one callback, not in a batch of them. */
export const neverRan = ({ asleepBeforeMs }: ThreadObservation): boolean =>
  (asleepBeforeMs ?? 0) > 200;
