import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { listInspectorTargets } from "../../extension/process/inspectorServer.ts";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import type { UserError } from "../../extension/protocol/errors.ts";
import { createTestAnalysis } from "../build/analysis.ts";
import { startDebuggerProxy } from "../build/debuggerProxy.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/processTarget.cjs";
/** Nobody listens there. */
const unreachable = "127.0.0.1:1";

const startTarget = (nodeMajor: NodeMajor, ...args: readonly string[]) =>
  startProgram({ nodeMajor, script, args, inspector: "open" });

const urlOf = async ({ port }: RunningProgram) =>
  (await listInspectorTargets("127.0.0.1", port, 5000))[0].webSocketUrl;

/** What switches something for the debugger whose session it is. */
const forbidden =
  /^(?:Debugger\.(?!evaluateOnCallFrame|getScriptSource)|(?:Runtime|HeapProfiler)\.(?:enable|disable)|NodeWorker)/;

describe.each(nodeVersions)("Node %i through a debugger's proxy", (nodeMajor) => {
  test("a blocked callback is found, and nothing of the debugger's own is switched", async () => {
    const program = await startTarget(nodeMajor, "spin", "60000");
    const proxy = await startDebuggerProxy(await urlOf(program));
    const { api, events, open } = createTestAnalysis();
    const opened = await open(unreachable, { proxy: proxy.url });
    expect(opened).toMatchObject({
      kind: "process",
      pid: program.pid,
      address: new URL(proxy.url).host,
      via: "debugger proxy",
    });
    const look = await api.look(opened.id);
    expect(look.threads).toMatchObject([{ threadId: 0, state: "stuck" }]);
    expect(look.problems).toMatchObject([{ code: "workers-not-seen" }]);
    const report = await api.capture(opened.id);
    const running = report.findings.find(({ kind }) => kind === "running");
    expect(running?.callback).toMatchObject({ function: "cleanUp" });
    expect(report.capture.snapshotBytes).toBeGreaterThan(100_000);
    expect(await api.closeTarget(opened.id)).toEqual({ leftBehind: null });
    expect(proxy.methods.filter((method) => forbidden.test(method))).toEqual([]);
    expect(events.filter(({ kind }) => kind === "notice")).toEqual([]);
  });

  test("a proxy is treated as one also where nothing else is known of the process", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const proxy = await startDebuggerProxy(await urlOf(program));
    const { api, open } = createTestAnalysis();
    const opened = await open(proxy.url, { proxy: proxy.url });
    expect(opened).toMatchObject({ pid: program.pid, via: "debugger proxy" });
    const report = await api.capture(opened.id);
    expect(report.problems).toMatchObject([{ code: "workers-not-seen" }]);
    await api.closeTarget(opened.id);
    expect(proxy.methods[0]).toBe("JsDebug.subscribe");
    expect(proxy.methods.filter((method) => forbidden.test(method))).toEqual([]);
  });

  test("an idle process's snapshot comes as events, and the debugger goes on as before", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const proxy = await startDebuggerProxy(await urlOf(program));
    const { api, open } = createTestAnalysis();
    const opened = await open(unreachable, { proxy: proxy.url });
    const report = await api.capture(opened.id);
    expect(report.capture.snapshotAnsweredBy).toBe("HeapProfiler.takeHeapSnapshot");
    expect(report.threads).toMatchObject([{ state: "idle" }]);
    await api.closeTarget(opened.id);
    // Its `debugger` statement still stops the program.
    const paused = new Promise((resolve) => proxy.session.on("Debugger.paused", resolve));
    program.send("state");
    await paused;
    await proxy.session.send("Debugger.resume");
    await program.waitForAnnouncement((one) => one["state"] !== undefined);
  });

  test("a process that the debugger holds is paused, and stays so", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const proxy = await startDebuggerProxy(await urlOf(program));
    let resumed = 0;
    proxy.session.on("Debugger.resumed", () => resumed++);
    const paused = new Promise((resolve) => proxy.session.on("Debugger.paused", resolve));
    program.send("state");
    await paused;
    const { api, open } = createTestAnalysis();
    const opened = await open(unreachable, { proxy: proxy.url });
    const look = await api.look(opened.id);
    expect(look.threads).toMatchObject([{ state: "paused" }]);
    expect(look.problems.map(({ code }) => code)).toEqual([
      "workers-not-seen",
      "paused-by-debugger",
    ]);
    await api.closeTarget(opened.id);
    await sleep(50);
    expect(resumed).toBe(0);
    await proxy.session.send("Debugger.resume");
    await program.waitForAnnouncement((one) => one["state"] !== undefined);
  });
});

test("a process that can be reached directly is, and its debugger's proxy is left alone", async () => {
  const program = await startTarget(24, "idle");
  const proxy = await startDebuggerProxy(await urlOf(program));
  const { open } = createTestAnalysis();
  const opened = await open(program.pid, { proxy: proxy.url });
  expect(opened).toMatchObject({
    pid: program.pid,
    address: `127.0.0.1:${program.port}`,
    via: "direct",
  });
  expect(proxy.connections()).toBe(0);
});

test("another process behind the address is not taken for the one that was meant", async () => {
  const [meant, other] = await Promise.all([startTarget(24, "idle"), startTarget(22, "idle")]);
  const proxy = await startDebuggerProxy(await urlOf(meant));
  const { open } = createTestAnalysis();
  // As a debuggee in a container names its inspector: the port is somebody else's here.
  const { pathname } = new URL(await urlOf(meant));
  const target = `ws://127.0.0.1:${other.port}${pathname}`;
  const opened = await open(target, { proxy: proxy.url });
  expect(opened).toMatchObject({ pid: meant.pid, via: "debugger proxy" });
});

test("a process with a debugger is never sent a signal", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script,
    args: ["idle"],
    inspector: "closed",
  });
  const { events, open } = createTestAnalysis();
  const opening = open(program.pid, { proxy: "ws://127.0.0.1:1/proxy" });
  const failure = (await opening.catch((error: unknown) => error)) as UserError;
  expect(failure).toMatchObject({ kind: "target", code: "inspector-closed" });
  expect(failure.message).toContain("connection refused");
  expect(events).toEqual([]);
  expect(listeningSockets(program.pid)).toEqual([]);
});

test("an inspector is not taken for a debugger's proxy", async () => {
  const program = await startTarget(24, "idle");
  const { open } = createTestAnalysis();
  const opening = open(unreachable, { proxy: await urlOf(program) });
  await expect(opening).rejects.toMatchObject({ code: "nobody-listens" });
  await expect(opening).rejects.toThrow("is not the proxy of a JavaScript debugger");
});

test("the text of a program that is no file is found by its script's id", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: "-e",
    args: [
      "const r = new FinalizationRegistry(function gone() { for (;;); }); (() => r.register({}, 1))(); globalThis.r = r; setInterval(gc, 20); console.log('{\"ready\":true}')",
    ],
    nodeFlags: ["--expose-gc"],
    inspector: "open",
  });
  const proxy = await startDebuggerProxy(await urlOf(program));
  const { api, open } = createTestAnalysis();
  const opened = await open(unreachable, { proxy: proxy.url });
  await sleep(200);
  const report = await api.capture(opened.id);
  const running = report.findings.find(({ kind }) => kind === "running");
  const file = running?.callback?.file ?? "";
  expect(file).not.toBe("");
  expect(await api.sourceText(opened.id, file)).toContain("function gone() { for (;;); }");
  expect(await api.sourceText(opened.id, "/etc/hostname")).toBeNull();
});
