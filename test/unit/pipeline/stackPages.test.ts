import { expect, test } from "vitest";
import { createStackPages } from "../../../extension/pipeline/stackPages.ts";
import type { SuspendedReading } from "../../../extension/pipeline/suspendedReading.ts";
import type { AsyncStack } from "../../../extension/protocol/asyncReport.ts";
import { asyncGroup } from "../../build/asyncReports.ts";

/** A thread whose stacks are `name 0`, `name 1` …. */
function thread(name: string, counts: readonly number[]): SuspendedReading {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    groups: counts.map((count) => asyncGroup({ count })),
    suspendedFunctions: total,
    retainedBytes: 0,
    async stacks(from, count) {
      const end = Math.min(total, from + count);
      return Array.from(
        { length: Math.max(0, end - from) },
        (_, at): AsyncStack => ({
          group: `${name} ${from + at}`,
          frames: [],
        }),
      );
    },
  };
}

const names = (stacks: readonly AsyncStack[]) => stacks.map(({ group }) => group);

test("pages go on from one thread to the next, and past one that has nothing", async () => {
  const pages = createStackPages();
  pages.keep([thread("main", [2, 1]), thread("idle", []), thread("worker", [2])]);
  expect(names(await pages.page(0, 2))).toEqual(["main 0", "main 1"]);
  expect(names(await pages.page(2, 2))).toEqual(["main 2", "worker 0"]);
  expect(names(await pages.page(4, 2))).toEqual(["worker 1"]);
  expect(names(await pages.page(5, 2))).toEqual([]);
  expect(names(await pages.page(0, 100))).toHaveLength(5);
});

test("a newer reading replaces the one before; before the first there is nothing to page through", async () => {
  const pages = createStackPages();
  await expect(pages.page(0, 1)).rejects.toMatchObject({ code: "no-suspended-reading" });
  pages.keep([thread("old", [1])]);
  pages.keep([thread("new", [1])]);
  expect(names(await pages.page(0, 9))).toEqual(["new 0"]);
});
