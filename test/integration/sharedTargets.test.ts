import { copyFile, mkdtemp, rm, symlink, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { listInspectorTargets } from "../../extension/process/inspectorServer.ts";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import type { AnalysisEvent } from "../../extension/protocol/analysisApi.ts";
import { createTestAnalysis, phasesOf } from "../build/analysis.ts";
import { startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/processTarget.cjs";
const waiting = "Waiting for another snapshot";

const startTarget = (
  nodeMajor: NodeMajor,
  inspector: "open" | "closed",
  ...args: readonly string[]
) => startProgram({ nodeMajor, script, args, inspector });

/** A heap whose snapshot takes long enough to do something else meanwhile. */
const startLarge = (nodeMajor: NodeMajor) =>
  startProgram({
    nodeMajor,
    script: "-e",
    args: [
      "globalThis.kept = Array.from({ length: 400_000 }, (_, i) => ({ i })); setInterval(() => {}, 20); console.log('{\"ready\":true}')",
    ],
    inspector: "open",
  });

test("a process that is opened by pid, address and ws:// url is one target with one age", async () => {
  const program = await startTarget(24, "closed", "spin", "60000");
  const { api, open } = createTestAnalysis();
  const first = await open(program.pid);
  await api.look(first.id);
  const [{ webSocketUrl }] = await listInspectorTargets("127.0.0.1", program.port, 5000);
  const targets = [
    program.pid,
    `127.0.0.1:${program.port}`,
    `localhost:${program.port}`,
    webSocketUrl,
    webSocketUrl.replace("127.0.0.1", "localhost"),
  ];
  for (const target of targets) expect(await open(target)).toEqual(first);
  const look = await api.look(first.id);
  expect(look.capture.reading).toBe(2);
  expect(program.stderr().match(/Debugger attached/g)).toHaveLength(1);
  for (const _ of targets) expect(await api.closeTarget(first.id)).toEqual({ leftBehind: null });
  expect(listeningSockets(program.pid)).toHaveLength(1);
  await api.look(first.id);
  await api.closeTarget(first.id);
  expect(listeningSockets(program.pid)).toEqual([]);
  await expect(api.look(first.id)).rejects.toMatchObject({ code: "unknown-target" });
});

test("two who open a closed process at the same time signal it once", async () => {
  const program = await startTarget(22, "closed", "idle");
  const { open, events } = createTestAnalysis();
  const [one, two] = await Promise.all([open(program.pid), open(program.pid)]);
  expect(one.id).toBe(two.id);
  expect(program.stderr().match(/Debugger listening/g)).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === "notice").length).toBeGreaterThan(0);
});

test("a program that was started again at the same address is another target", async () => {
  const port = 9339;
  const start = () =>
    startProgram({
      nodeMajor: 24,
      script,
      args: ["idle"],
      inspector: "closed",
      nodeFlags: [`--inspect=127.0.0.1:${port}`],
    });
  const { api, open } = createTestAnalysis();
  const program = await start();
  const old = await open(`127.0.0.1:${port}`);
  await program.stop();
  const next = await start();
  const opened = await open(`127.0.0.1:${port}`);
  expect(opened.id).not.toBe(old.id);
  expect(opened.pid).toBe(next.pid);
  await expect(api.look(old.id)).rejects.toMatchObject({ code: "target-lost" });
  await api.look(opened.id);
});

describe.each(nodeVersions)("on Node %i", (nodeMajor) => {
  test("the texts of scripts that no file has are given, if a report names them", async () => {
    const program = await startProgram({
      nodeMajor,
      script: "-e",
      args: [
        'const { runInThisContext } = require("vm"); console.log(\'{"ready":true}\'); setTimeout(() => runInThisContext("(function hog() { for (;;); })()", "made/up.js"), 30)',
      ],
      inspector: "open",
    });
    const { api, open } = createTestAnalysis();
    const { id } = await open(program.pid);
    const look = await api.look(id);
    const files = look.threads.flatMap(({ stack }) =>
      stack.flatMap(({ position }) => position?.file ?? []),
    );
    const nodesOwn = files.find((file) => file.startsWith("node:")) ?? "";
    expect(await api.sourceText(id, "made/up.js")).toBe("(function hog() { for (;;); })()");
    expect(await api.sourceText(id, nodesOwn)).toContain("'use strict'");
    expect(await api.sourceText(id, script)).toBeNull();
  });

  test("scripts that were loaded after an earlier reading are known to the next", async () => {
    const program = await startProgram({
      nodeMajor,
      script: "-e",
      args: [
        `process.stdin.once("data", () => require("vm").runInThisContext("globalThis.r = new FinalizationRegistry(function late() { for (;;); }); (() => r.register({}, 1))(); setInterval(gc, 20)", "made/up.js"));
        console.log('{"ready":true}')`,
      ],
      nodeFlags: ["--expose-gc"],
      inspector: "open",
    });
    const { api, open } = createTestAnalysis();
    const { id } = await open(program.pid);
    await api.capture(id);
    program.send("load");
    await vi.waitFor(async () => {
      const { findings } = await api.look(id);
      expect(findings).toMatchObject([{ kind: "running", callback: { function: "late" } }]);
    }, 10_000);
  });

  test("snapshots that are asked for at the same time are taken one after the other", async () => {
    const program = await startLarge(nodeMajor);
    const { api, open, bind } = createTestAnalysis();
    const { id } = await open(program.pid);
    const events: AnalysisEvent[][] = [[], [], []];
    const controller = new AbortController();
    const never = new AbortController();
    const [first, second, third] = events.map((heard, index) =>
      bind((index === 1 ? controller : never).signal, heard).capture(id),
    );
    const look = api.look(id);
    controller.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    const reports = await Promise.all([first, third]);
    expect((await look).threads[0]?.state).toBe("idle");
    for (const report of reports) {
      expect(report?.capture).toMatchObject({
        level: "capture",
        snapshotAnsweredBy: "HeapProfiler.takeHeapSnapshot",
      });
      expect(report?.problems).toEqual([]);
    }
    expect(phasesOf(events[0] ?? [])[0]).toBe("Taking the snapshot");
    expect(phasesOf(events[1] ?? [])).toEqual([waiting]);
    expect(phasesOf(events[2] ?? []).slice(0, 2)).toEqual([waiting, "Taking the snapshot"]);
    expect(program.stderr().match(/Debugger attached/g)).toHaveLength(1);
  });

  test("looks during a snapshot wait for it, spoil nothing, and can be given up", async () => {
    const program = await startLarge(nodeMajor);
    const { api, open, bind } = createTestAnalysis();
    const { id } = await open(program.pid);
    const events: AnalysisEvent[] = [];
    const captureEvents: AnalysisEvent[] = [];
    const capturing = bind(new AbortController().signal, captureEvents).capture(id);
    const hasBegun = () => expect(phasesOf(captureEvents)).toContain("Taking the snapshot");
    await vi.waitFor(hasBegun, 10_000);
    const controller = new AbortController();
    const looks = [bind(new AbortController().signal, events).look(id), api.look(id)];
    const impatient = bind(controller.signal).look(id);
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ name: "AbortError" });
    const report = await capturing;
    expect(report.capture.snapshotAnsweredBy).toBe("HeapProfiler.takeHeapSnapshot");
    const [one, two] = await Promise.all(looks);
    expect(one?.threads[0]?.state).toBe("idle");
    expect(one).toBe(two);
    expect(phasesOf(events)).toEqual([waiting]);
  });
});

describe("a snapshot file", () => {
  async function fileOf(): Promise<{ readonly folder: string; readonly path: string }> {
    const folder = await mkdtemp(join(tmpdir(), "leakline-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = await startTarget(24, "open", "idle");
    const { api, open } = createTestAnalysis();
    const { id } = await open(program.pid);
    const path = join(folder, "app.heapsnapshot");
    await api.saveSnapshot(id, path);
    return { folder, path };
  }
  const reading = "Reading the snapshot";

  test("is read once for as long as it doesn't change, by whichever path", async () => {
    const { folder, path } = await fileOf();
    await symlink(path, join(folder, "link"));
    const { api, open, events } = createTestAnalysis();
    const opened = await open(path);
    expect(opened).toMatchObject({ kind: "file", pid: null, address: null, via: "file" });
    const first = await api.capture(opened.id);
    expect(phasesOf(events)[0]).toBe(reading);
    events.length = 0;
    const again = await open(join(folder, "link"));
    expect(again).toEqual(opened);
    const second = await api.capture(again.id);
    expect(events).toEqual([]);
    expect(second.findings).toEqual(first.findings);
    expect(second.capture.reading).toBe(2);

    await api.closeTarget(opened.id);
    await api.closeTarget(opened.id);
    const third = await open(path);
    expect(third.id).not.toBe(opened.id);
    await api.capture(third.id);
    expect(events).toEqual([]);

    await copyFile(path, join(folder, "copy"));
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    await api.capture(third.id);
    expect(phasesOf(events)[0]).toBe(reading);
  });

  test("is read once also when several ask at the same time", async () => {
    const { path } = await fileOf();
    const { open, bind } = createTestAnalysis();
    const { id } = await open(path);
    const events: AnalysisEvent[][] = [[], []];
    const signal = new AbortController().signal;
    await Promise.all(events.map((heard) => bind(signal, heard).capture(id)));
    expect(phasesOf(events[1] ?? [])).toEqual([waiting]);
  });
});
