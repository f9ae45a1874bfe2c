import { Ajv } from "ajv";
import { expect, test } from "vitest";
import {
  type AsyncReport,
  AsyncReportSchema,
  type AsyncStack,
} from "../../../extension/protocol/asyncReport.ts";
import { asyncFrame, asyncGroup, asyncReport } from "../../build/asyncReports.ts";
import { fakeAnalysis, openedFile, run } from "../../build/commandLine.ts";
import { finding, look, place } from "../../build/reportParts.ts";

const query = asyncFrame({
  function: "query",
  position: place("src/pool.ts:8:3", "query"),
  awaits: [{ position: place("src/pool.ts:9:21", "query"), seen: 3 }],
  waiting: 1204,
  variables: [
    { name: "this", value: "Pool", objectId: 71, shallowBytes: 32, retainedBytes: 4_690_000 },
    { name: null, value: "Array", objectId: 73, shallowBytes: 16, retainedBytes: 120 },
  ],
});
const all = asyncFrame({
  kind: "Promise.all",
  function: null,
  position: null,
  internal: true,
  waiting: 0,
});
const waiting = asyncGroup({
  count: 1204,
  functions: 2409,
  retainedBytes: 4_380_000,
  frames: [
    query,
    asyncFrame({ kind: "then", function: "toRows", waiting: 1204 }),
    all,
    asyncFrame({
      function: "handleBatch",
      waiting: 1,
      awaits: [
        { position: place("src/app.ts:5:9"), seen: 2 },
        { position: place("src/app.ts:7:9"), seen: 1 },
      ],
    }),
  ],
  waitsFor: {
    kind: "queue",
    label: "Pool._pendingQueue[…] → Item.callback",
    path: [
      { from: "globalThis", edge: "pool", to: "Pool", position: null },
      { from: "Pool", edge: "_pendingQueue", to: "Array", position: null },
      { from: "Array", edge: "[270]", to: "Item", position: null },
      { from: "Item", edge: "callback", to: "function callback()", position: null },
      { from: "function callback()", edge: "scope", to: "scope", position: null },
      { from: "scope", edge: "resolve", to: "(anonymous function)", position: null },
    ],
  },
});
const circle = asyncGroup({
  id: "suspended-2",
  settledBy: "nothing",
  isCycle: true,
  waitsFor: { kind: "nothing", label: "", path: [] },
  frames: [asyncFrame({ function: "lockA" }), asyncFrame({ function: "lockB" })],
});
const recursive = asyncGroup({
  id: "suspended-4",
  threadId: 2,
  frames: [asyncFrame({ function: "visit", repeated: 40, waiting: 40 })],
  waitsFor: { kind: "timer", label: "", path: [] },
  promises: 3,
});
const ofNode = asyncGroup({
  id: "suspended-3",
  internal: true,
  frames: [asyncFrame({ function: "createAsyncIterator", internal: true })],
  waitsFor: { kind: "listener", label: '"readable" of Readable', path: [] },
});
const report: AsyncReport = asyncReport({
  suspendedFunctions: 2453,
  retainedBytes: 4_400_000,
  groups: [waiting, circle, ofNode, recursive],
  findings: [
    finding({
      kind: "suspended",
      title: "2 functions wait for each other in a circle and can never go on",
      callback: null,
      count: 1,
      retainedBytes: 1000,
      stack: [],
      asyncStack: [
        { position: place("src/app.ts:4:1"), function: "lockA", internal: false, async: true },
      ],
    }),
  ],
});
const stacks: readonly AsyncStack[] = [1, 2].map((number) => ({
  group: waiting.id,
  frames: waiting.frames.map(({ kind, function: name, position, internal, variables }) => ({
    kind,
    function: name,
    position,
    internal,
    objectId: kind === "await" ? 1000 + number : null,
    retainedBytes: 100,
    variables,
  })),
}));

const answers = {
  suspended: async () => report,
  suspendedStacks: async (_: unknown, from: number) => (from === 0 ? stacks : []),
};

test("the groups are drawn as in their golden file, and what can never go on ends it with 1", async () => {
  const analysis = fakeAnalysis(answers);
  const command = run(["async", "4242"], analysis, { terminal: true, columns: 100 });
  expect(await command.exitCode).toBe(1);
  expect(analysis.calls).toEqual(["openTarget", "look", "suspended", "closeTarget", "dispose"]);
  await expect(command.stdout()).toMatchFileSnapshot("golden/async.txt");
});

test("one by one, with every variable and internal frames folded", async () => {
  const command = run(["async", "4242", "--all", "--no-internal"], fakeAnalysis(answers));
  expect(await command.exitCode).toBe(1);
  await expect(command.stdout()).toMatchFileSnapshot("golden/async.all.txt");
});

test("of a file it is said which lines these are, and nothing is looked at", async () => {
  const file = { ...report, target: { ...report.target, kind: "file" as const, file: "a.heap" } };
  const analysis = fakeAnalysis({
    ...answers,
    openTarget: async () => openedFile,
    suspended: async () => file,
  });
  const command = run(["async", "app.heapsnapshot"], analysis);
  await command.exitCode;
  expect(analysis.calls).not.toContain("look");
  expect(command.stdout()).toContain("Lines are those where the functions begin");
});

test.each([
  ["in groups", [], 0],
  ["one by one", ["--all"], 2],
])("as JSON, %s, it is valid by the published schema", async (_, options, count) => {
  const command = run(["async", "4242", "--json", ...options], fakeAnalysis(answers));
  expect(await command.exitCode).toBe(1);
  const document = JSON.parse(command.stdout()) as AsyncReport;
  const validate = new Ajv({ allErrors: true }).compile(AsyncReportSchema);
  validate(document);
  expect(validate.errors).toBeNull();
  expect(document.stacks).toHaveLength(count);
  expect(document.groups.map(({ count: stacks }) => stacks)).toEqual([1204, 1, 1, 1]);
});

test("a snapshot that costs too much is not taken unasked", async () => {
  const dear = look({ capture: { ...look().capture, estimatedPauseMs: 12_000 } });
  const analysis = fakeAnalysis({ ...answers, look: async () => dear });
  const command = run(["async", "4242"], analysis);
  expect(await command.exitCode).toBe(2);
  expect(command.stderr()).toContain("--max-pause");
  expect(analysis.calls).not.toContain("suspended");
  const allowed = run(
    ["async", "4242", "--snapshot"],
    fakeAnalysis({ ...answers, look: async () => dear }),
  );
  expect(await allowed.exitCode).toBe(1);
});
