import { judgeThread, sameFunction } from "../findings/judgeThread.ts";
import type { ObservedFrame, ThreadObservation } from "../protocol/threadObservation.ts";

interface FirstSight {
  readonly atMs: number;
  readonly loopTurns: number | null;
  readonly bottom: ObservedFrame | null;
}

/** Remembers since when each thread has been stuck in one and the same turn of its event loop. */
export interface StuckClock {
  /** Returns whether the thread is stuck in a turn in which it wasn't seen before. */
  note(observation: ThreadObservation): boolean;
  /** A lower bound in milliseconds; 0 for a thread that isn't stuck. */
  sinceMs(observation: ThreadObservation): number;
}

export function createStuckClock(): StuckClock {
  const firstSights = new Map<number, FirstSight>();
  const noted = new Set<number>();
  return {
    note(observation) {
      const { threadId, samples } = observation;
      const isFirst = !noted.has(threadId);
      noted.add(threadId);
      const { state, bottom } = judgeThread(observation);
      const first = samples[0];
      if (state !== "stuck" || !first) {
        firstSights.delete(threadId);
        return false;
      }
      const known = firstSights.get(threadId);
      if (known && isSameTurn(known, first.loopTurns, bottom)) return false;
      // A thread that slept in a lock when we came has not run since: its innermost frame is as old.
      const atMs = first.atMs - (isFirst ? (observation.asleepBeforeMs ?? 0) : 0);
      firstSights.set(threadId, { atMs, loopTurns: first.loopTurns, bottom });
      return true;
    },
    sinceMs({ threadId, samples }) {
      const first = firstSights.get(threadId);
      const last = samples.at(-1);
      return first && last ? Math.round(last.atMs - first.atMs) : 0;
    },
  };
}

function isSameTurn(
  known: FirstSight,
  loopTurns: number | null,
  bottom: ObservedFrame | null,
): boolean {
  if (known.loopTurns !== null && loopTurns !== null) return known.loopTurns === loopTurns;
  return known.bottom !== null && bottom !== null && sameFunction(known.bottom, bottom);
}
