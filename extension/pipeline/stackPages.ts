import { noSuspendedReading } from "../protocol/analysisErrors.ts";
import type { AsyncStack } from "../protocol/asyncReport.ts";
import type { SuspendedReading } from "./suspendedReading.ts";

/** The stacks of a target's newest reading, thread after thread. */
export interface StackPages {
  keep(readings: readonly SuspendedReading[]): void;
  /** Rejects with UserError when nothing was kept. */
  page(from: number, count: number): Promise<readonly AsyncStack[]>;
}

export function createStackPages(): StackPages {
  let kept: readonly SuspendedReading[] | undefined;
  return {
    keep(readings) {
      kept = readings;
    },
    async page(from, count) {
      if (kept === undefined) throw noSuspendedReading();
      const stacks: AsyncStack[] = [];
      let before = 0;
      for (const { groups, stacks: stacksOf } of kept) {
        const own = groups.reduce((sum, group) => sum + group.count, 0);
        const skipped = Math.max(0, from - before);
        if (skipped < own) stacks.push(...(await stacksOf(skipped, count - stacks.length)));
        before += own;
        if (stacks.length >= count) break;
      }
      return stacks;
    },
  };
}
