import { expect, test } from "vitest";
import { formatRowAge } from "../../../extension/views/editor/age.ts";
import { createIgnoreReason } from "../../../extension/views/editor/ignored.ts";
import { mostChildren } from "../../../extension/views/editor/tree/treeNode.ts";
import { allNodes, viewTree } from "../../../extension/views/editor/tree/viewTree.ts";
import type { TargetState } from "../../../extension/views/editor/watchedTarget.ts";
import { asyncFrame, asyncGroup, asyncReport } from "../../build/asyncReports.ts";
import { drawTree } from "../../build/drawTree.ts";
import { finding, place, registry, report, thread } from "../../build/reportParts.ts";
import {
  blockedLook,
  blockedReport,
  ordinaryReport,
  selfRetainedReport,
} from "../../build/reports.ts";

const atMs = new Date(2026, 0, 2, 3, 4, 5).getTime();

const state = (known: Partial<TargetState> = {}): TargetState => ({
  key: "target:4242",
  title: "server.cjs [4242]",
  kind: "process",
  phase: { kind: "watched" },
  look: null,
  heap: null,
  suspended: null,
  folders: null,
  isBeingRead: false,
  ...known,
});

const tree = (targets: readonly TargetState[], options: { nowMs?: number; filter?: string } = {}) =>
  viewTree({
    targets,
    nowMs: options.nowMs ?? atMs,
    filter: options.filter ?? "",
    ignoreReason: () => null,
  });

const heap = { report: blockedReport, atMs };

test("a blocked finalizer with its stack, its candidates and what waits behind it", async () => {
  await expect(`${drawTree(tree([state({ heap })]))}\n`).toMatchFileSnapshot("golden/blocked.txt");
});

test("the first look at it, which does not know the queue", async () => {
  const look = { report: blockedLook, atMs };
  await expect(`${drawTree(tree([state({ look })]))}\n`).toMatchFileSnapshot("golden/look.txt");
});

test("registrations that retain themselves, with the path", async () => {
  const selfRetained = state({ heap: { report: selfRetainedReport, atMs } });
  await expect(`${drawTree(tree([selfRetained]))}\n`).toMatchFileSnapshot(
    "golden/selfRetained.txt",
  );
});

test("what is suspended, by asynchronous stack: what can never go on is first", async () => {
  const pool = asyncGroup({
    count: 1204,
    functions: 2408,
    retainedBytes: 4_380_000,
    frames: [
      asyncFrame({
        function: "query",
        position: place("src/pool.ts:8:3", "query"),
        awaits: [{ position: place("src/pool.ts:9:21", "query"), seen: 3 }],
        waiting: 1204,
        variables: [
          { name: "this", value: "Pool", objectId: 71, shallowBytes: 32, retainedBytes: 4_690_000 },
          { name: null, value: "Array", objectId: 73, shallowBytes: 16, retainedBytes: 8120 },
        ],
      }),
      asyncFrame({ waiting: 1204 }),
      asyncFrame({ kind: "Promise.all", function: null, position: null, internal: true }),
    ],
    waitsFor: {
      kind: "queue",
      label: "Pool._pendingQueue[…]",
      path: [
        { from: "globalThis", edge: "pool", to: "Pool", position: null },
        { from: "Pool", edge: "_pendingQueue", to: "Array", position: null },
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
  const ofNode = asyncGroup({ id: "suspended-3", internal: true });
  const suspended = asyncReport({
    suspendedFunctions: 2411,
    retainedBytes: 4_400_000,
    groups: [pool, ofNode, circle],
    findings: [finding({ kind: "suspended" })],
  });
  const read = state({ heap: { report: report(), atMs }, suspended });
  await expect(`${drawTree(tree([read]))}\n`).toMatchFileSnapshot("golden/suspended.txt");
});

test("an ordinary leak is below its registry and no blocked finalizer", async () => {
  const ordinary = state({ heap: { report: ordinaryReport, atMs } });
  await expect(`${drawTree(tree([ordinary]))}\n`).toMatchFileSnapshot("golden/ordinary.txt");
});

test("the age goes on growing between two readings", () => {
  const blockage = (nowMs: number) =>
    drawTree(tree([state({ heap })], { nowMs }))
      .split("\n")
      .find((line) => line.includes("running"));
  expect(blockage(atMs)).toContain("≥ 3 min ·");
  expect(blockage(atMs + 61_000)).toContain("≥ 4 min ·");
});

test("a row's age grows in steps that leave the time to read its tooltip", () => {
  const current = {
    finding: finding({ kind: "running", sinceMs: 0, sinceIsLowerBound: true }),
    atMs,
  };
  const ages = (fromS: number, toS: number) => {
    const seconds = Array.from({ length: toS - fromS }, (_, index) => fromS + index);
    return [...new Set(seconds.map((second) => formatRowAge(current, atMs + second * 1000)))];
  };
  expect(ages(1, 10)).toHaveLength(9);
  expect(ages(10, 60)).toEqual(["≥ 10 s", "≥ 20 s", "≥ 30 s", "≥ 40 s", "≥ 50 s"]);
  expect(ages(60, 3600)).toHaveLength(59);
  expect(ages(3600, 3600 + 120)).toEqual(["≥ 1 h", "≥ 1 h 1 min"]);
});

test("one target has no row of its own, two have, and one that ended is folded", () => {
  const over = state({
    key: "target:7",
    title: "worker.js [7]",
    phase: { kind: "over", message: "The process ended.", atMs },
    heap,
  });
  const labels = (targets: readonly TargetState[]) => tree(targets).map(({ label }) => label);
  expect(labels([state({ heap })])).toEqual([
    "Blocked finalizers",
    "Retained registrations",
    "Registries",
    "Suspended",
  ]);
  expect(labels([state({ heap }), over])).toEqual(["server.cjs [4242]", "worker.js [7]"]);
  const [, ended] = tree([state({ heap }), over]);
  expect(ended).toMatchObject({ isExpanded: false, description: "ended 03:04:05" });
  expect(ended?.children[0]?.label).toBe("The process ended. This is the last reading of it.");
});

test("the blockage of a process that ended grows no older", () => {
  const over = state({ phase: { kind: "over", message: "The process ended.", atMs }, heap });
  const text = drawTree(tree([over], { nowMs: atMs + 3_600_000 }));
  expect(text).toContain("running ≥ 3 min ·");
});

test("a thread at a breakpoint is said to be paused, and nothing else is claimed of it", () => {
  const paused = report({ threads: [thread({ state: "paused" })], registries: [] });
  expect(drawTree(tree([state({ look: { report: paused, atMs } })]))).toContain(
    "The main thread is paused by the debugger: no callback can run",
  );
});

test("a target that could not be reached says why and what to do", () => {
  const failed = state({ phase: { kind: "failed", message: "Nothing answers.", hint: "Try." } });
  expect(drawTree(tree([failed]))).toBe("· Nothing answers.\n· Try.");
});

test("a file can't tell a queue that stands still from one about to be served, and says so", () => {
  const due = finding({
    id: "collectable-1",
    kind: "collectable",
    severity: "info",
    confidence: "possible",
    count: 750,
    callback: place("rowStore.ts:14:47", "freeHandle"),
  });
  const { target } = report();
  const file = (findings: readonly (typeof due)[]) =>
    tree([
      state({
        kind: "file",
        heap: {
          report: report({ target: { ...target, kind: "file" }, findings: [...findings] }),
          atMs,
        },
      }),
    ]);
  const [queued] = file([due])[0]?.children ?? [];
  expect(`${queued?.label} ${queued?.description}`).toBe(
    "freeHandle queued or just collected · 750 · rowStore.ts:14",
  );
  expect(drawTree(file([]))).toContain("Nothing waits in a queue");
});

test("the filter keeps what matches, with what is above and below it", () => {
  const text = drawTree(tree([state({ heap })], { filter: "FREEROW" }));
  expect(text).toContain("closeSession");
  expect(text).toContain("freeRow");
  expect(text).not.toContain("Node's own registries");
  expect(drawTree(tree([state({ heap })], { filter: "nothing has this" }))).toBe("");
});

test("what the user ignores is folded away, and says so", () => {
  const [running] = blockedReport.findings;
  const ignoreReason = createIgnoreReason(
    [{ id: running?.id ?? "", title: "", reason: "known", since: "" }],
    [],
  );
  const nodes = viewTree({ targets: [state({ heap })], nowMs: atMs, filter: "", ignoreReason });
  const [blocked] = nodes;
  expect(blocked?.children.map(({ label, isExpanded }) => [label, isExpanded ?? false])).toEqual([
    ["Ignored", false],
  ]);
  expect(blocked?.children[0]?.children[0]?.contexts).toContain("ignored");
});

test("no two rows have the same id, with the same finding in two sections too", () => {
  const held = finding({
    id: "self-retained-1",
    kind: "self-retained",
    callback: place("src/a.ts:1:1", "free"),
    path: [{ from: "WeakCell", edge: "held value", to: "Row", position: null }],
  });
  const both = report({
    findings: [held],
    registries: [registry({ callback: held.callback, live: 3 }), registry({ live: 1 })],
  });
  const states = ["a", "b"].map((key) => state({ key, heap: { report: both, atMs } }));
  const ids = [...allNodes(tree(states))].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const holders = [...allNodes(tree(states))].flatMap(({ holdersId }) => holdersId ?? []);
  expect(holders.length).toBeGreaterThan(3);
  expect(holders.filter((id) => !ids.includes(id))).toEqual([]);
});

test("a heap with thousands of registries stays usable: the rest is counted", () => {
  const many = report({
    registries: Array.from({ length: 3000 }, (_, index) =>
      registry({ callback: place(`src/a.ts:${index + 1}:1`, `free${index}`), live: 1 }),
    ),
  });
  const registries = tree([state({ heap: { report: many, atMs } })]).find(
    ({ label }) => label === "Registries",
  );
  expect(registries?.children).toHaveLength(mostChildren + 1);
  expect(registries?.children.at(-1)?.label).toBe("and 2500 more registries");
});
