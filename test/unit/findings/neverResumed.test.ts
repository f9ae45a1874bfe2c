import { describe, expect, test } from "vitest";
import { findFindings } from "../../../extension/findings/findFindings.ts";
import { asyncFrame, asyncGroup } from "../../build/asyncReports.ts";
import { evidence } from "../../build/evidence.ts";
import { place } from "../../build/reportParts.ts";

const findingsOf = (...suspended: readonly ReturnType<typeof asyncGroup>[]) =>
  findFindings(evidence({ suspended }));

test("what the program can resume is no finding, and neither is what belongs to Node", () => {
  expect(findingsOf(asyncGroup({ settledBy: "program" }))).toEqual([]);
  expect(findingsOf(asyncGroup({ settledBy: "nothing", internal: true }))).toEqual([]);
});

test("a stack whose promise nothing settles is one, with its lines, count and cost", () => {
  const [finding, ...others] = findingsOf(
    asyncGroup({
      id: "group-1",
      settledBy: "nothing",
      count: 12,
      retainedBytes: 9000,
      frames: [
        asyncFrame({ awaits: [{ position: place("src/app.ts:9:5", "handler"), seen: 2 }] }),
        asyncFrame({ kind: "Promise.all", function: null, position: null, internal: true }),
        asyncFrame({ function: "main", position: place("src/app.ts:20:1", "main") }),
      ],
    }),
  );
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: "group-1",
    kind: "suspended",
    severity: "warning",
    confidence: "likely",
    count: 12,
    retainedBytes: 9000,
    title: expect.stringContaining("12 asynchronous stacks can never go on"),
  });
  // The line of the await where it is known, the function's own otherwise.
  expect(finding?.asyncStack).toMatchObject([
    { function: "handler", position: { line: 9 }, async: true },
    { function: "Promise.all", position: null, internal: true },
    { function: "main", position: { line: 20 } },
  ]);
});

describe("what keeps them from going on decides what is said", () => {
  test.each([
    [asyncGroup({ settledBy: "nothing" }), "likely", /nothing is left that could settle/],
    [
      asyncGroup({ settledBy: "suspended functions" }),
      "likely",
      /only functions that wait for ever themselves could resume/,
    ],
    [
      asyncGroup({ settledBy: "nothing", isCycle: true, frames: [asyncFrame(), asyncFrame()] }),
      "certain",
      /^2 functions wait for each other in a circle/,
    ],
    [
      asyncGroup({ settledBy: "nothing", isCycle: true }),
      "certain",
      /^A function waits for itself/,
    ],
  ])("%#", (group, confidence, title) => {
    const [finding] = findingsOf(group);
    expect(finding).toMatchObject({ confidence, title: expect.stringMatching(title) });
    expect(finding?.advice).not.toBe("");
    expect(finding?.reason).not.toBe("");
  });
});
