import { readdirSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { listInspectorTargets } from "../../extension/process/inspectorServer.ts";
import { privateFolder } from "../../extension/process/privateFolder.ts";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import type { AnalysisEvent } from "../../extension/protocol/analysisApi.ts";
import { createTestAnalysis, phasesOf } from "../build/analysis.ts";
import { type AnyClient, connectClient } from "../build/debuggerProxy.ts";
import { type Announcement, type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

/** Runs TypeScript as it is. */
const clientNode = 24;

/** A Leakline in a process of its own, which can be killed as hard as possible. */
const startLeakline = ({ pid }: RunningProgram): Promise<RunningProgram> =>
  startProgram({
    nodeMajor: clientNode,
    script: "test/integration/programs/leaklineClient.ts",
    args: [String(pid)],
    inspector: "closed",
  });

const phaseOf = ({ event }: Announcement) => (event as { phase?: string } | undefined)?.phase;

/** A heap whose snapshot takes some seconds. */
const startLarge = (nodeMajor: NodeMajor, inspector: "open" | "closed" = "open") =>
  startProgram({
    nodeMajor,
    script: "-e",
    args: [
      "globalThis.kept = Array.from({ length: 400_000 }, (_, i) => ({ i })); setInterval(() => {}, 20); console.log('{\"ready\":true}')",
    ],
    inspector,
  });

const filesAbout = ({ pid }: RunningProgram) =>
  readdirSync(privateFolder() ?? "").filter((name) => name.includes(`-${pid}-`));

describe.each(nodeVersions)("a snapshot of a process on Node %i", (nodeMajor) => {
  test("waits for another Leakline's, says whose, and a look waits as well", async () => {
    const program = await startLarge(nodeMajor);
    const other = await startLeakline(program);
    const { open, bind } = createTestAnalysis();
    const { id } = await open(program.pid);
    other.send("capture");
    await other.waitForAnnouncement((one) => phaseOf(one) === "Taking the snapshot");
    const waiting = `Waiting for another Leakline (process ${other.pid}) to finish its snapshot`;
    const events: AnalysisEvent[][] = [[], [], []];
    const never = new AbortController().signal;
    const controller = new AbortController();
    const captured = bind(never, events[0]).capture(id);
    const looked = bind(never, events[1]).look(id);
    const impatient = bind(controller.signal, events[2]).look(id);
    await vi.waitFor(() => expect(phasesOf(events[1] ?? [])).toContain(waiting), 5000);
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ name: "AbortError" });
    await other.waitForAnnouncement((one) => one["captured"] !== undefined);
    // It may collect its garbage afterwards.
    expect((await looked).threads[0]?.state).toMatch(/idle|busy/);
    expect((await captured).capture.snapshotAnsweredBy).toBe("HeapProfiler.takeHeapSnapshot");
    expect(phasesOf(events[0] ?? [])).toContain(waiting);
    expect(filesAbout(program).filter((name) => name.endsWith(".lease"))).toEqual([]);
  });
});

test("a Leakline that waits for a snapshot can give up, and takes nothing with it", async () => {
  const program = await startLarge(24);
  const other = await startLeakline(program);
  const { api, open, bind } = createTestAnalysis();
  const { id } = await open(program.pid);
  await api.look(id);
  other.send("capture");
  await other.waitForAnnouncement((one) => phaseOf(one) === "Taking the snapshot");
  const controller = new AbortController();
  const events: AnalysisEvent[] = [];
  const captured = bind(controller.signal, events).capture(id);
  await vi.waitFor(
    () => expect(phasesOf(events)[0]).toMatch(/^Waiting for another Leakline/),
    5000,
  );
  controller.abort();
  await expect(captured).rejects.toMatchObject({ name: "AbortError" });
  await other.waitForAnnouncement((one) => one["captured"] !== undefined);
});

test("what a Leakline held that was killed with -9 is free at once", async () => {
  const program = await startLarge(24);
  const other = await startLeakline(program);
  const { api, open, bind } = createTestAnalysis();
  const { id } = await open(program.pid);
  other.send("capture");
  await other.waitForAnnouncement((one) => phaseOf(one) === "Taking the snapshot");
  const events: AnalysisEvent[] = [];
  const captured = bind(new AbortController().signal, events).capture(id);
  await vi.waitFor(() => expect(events).toHaveLength(1), 5000);
  expect(phasesOf(events)[0]).toMatch(/^Waiting for another Leakline/);
  await other.stop();
  // The process may still be busy with the snapshot that nobody wants any more.
  await captured;
  const isCaptured = async () => expect((await api.capture(id)).capture.level).toBe("capture");
  await vi.waitFor(isCaptured, { timeout: 60_000, interval: 500 });
  expect(filesAbout(program).filter((name) => name.endsWith(".lease"))).toEqual([]);
});

test("a look that waits for another's snapshot does not come back when its target is closed", async () => {
  const program = await startLarge(24, "closed");
  const [opener, other] = [await startLeakline(program), await startLeakline(program)];
  other.send("capture");
  await other.waitForAnnouncement((one) => phaseOf(one) === "Taking the snapshot");
  opener.send("look");
  await opener.waitForAnnouncement((one) => /^Waiting for another/.test(phaseOf(one) ?? ""));
  opener.send("leave");
  const { left } = await opener.waitForAnnouncement((one) => one["left"] !== undefined);
  expect(left).toEqual({ leftBehind: null });
  await other.waitForAnnouncement((one) => one["captured"] !== undefined);
  await opener.waitForAnnouncement((one) => one["failed"] !== undefined);
  expect(await leave(other)).toBeNull();
  expect(portsOf(program)).toEqual([]);
});

const portsOf = ({ pid }: RunningProgram) =>
  listeningSockets(pid).map(({ localPort }) => localPort);

const startIdle = (nodeMajor: NodeMajor, inspector: "open" | "closed") =>
  startProgram({
    nodeMajor,
    script: "test/integration/programs/processTarget.cjs",
    args: ["idle"],
    inspector,
  });

/** What it says when it leaves. */
async function leave(leakline: RunningProgram): Promise<string | null> {
  leakline.send("leave");
  const { left, failed } = await leakline.waitForAnnouncement(
    (one) => one["left"] !== undefined || one["failed"] !== undefined,
  );
  if (failed) throw new Error(String(failed));
  return (left as { readonly leftBehind: string | null }).leftBehind;
}

async function connectForeign({ port }: RunningProgram): Promise<AnyClient> {
  const [{ webSocketUrl }] = await listInspectorTargets("127.0.0.1", port, 5000);
  return connectClient(webSocketUrl);
}

describe.each(nodeVersions)("an inspector that Leakline opened on Node %i", (nodeMajor) => {
  test.each([
    ["the first one", 0],
    ["the second one", 1],
  ] as const)("stays when %s leaves, and is closed by the other", async (_, leaving) => {
    const program = await startIdle(nodeMajor, "closed");
    const both = [await startLeakline(program), await startLeakline(program)];
    expect(program.stderr().match(/Debugger listening/g)).toHaveLength(1);
    const [first, last] = leaving === 0 ? both : both.toReversed();
    if (!first || !last) throw new Error("two were started");
    expect(await leave(first)).toBeNull();
    expect(portsOf(program)).toEqual([program.port]);
    last.send("look");
    const { looked } = await last.waitForAnnouncement((one) => one["looked"] !== undefined);
    expect(looked).toMatchObject({ inspectorOpenedByLeakline: true });
    expect(await leave(last)).toBeNull();
    expect(portsOf(program)).toEqual([]);
    expect(filesAbout(program)).toEqual([]);
  });

  test("is closed by the one that stays when the one that opened it is killed with -9", async () => {
    const program = await startIdle(nodeMajor, "closed");
    const [opener, other] = [await startLeakline(program), await startLeakline(program)];
    await opener.stop();
    expect(portsOf(program)).toEqual([program.port]);
    expect(await leave(other)).toBeNull();
    expect(portsOf(program)).toEqual([]);
  });
});

test("a killed one that was not the opener does not keep the inspector open", async () => {
  const program = await startIdle(24, "closed");
  const [opener, other] = [await startLeakline(program), await startLeakline(program)];
  await other.stop();
  expect(await leave(opener)).toBeNull();
  expect(portsOf(program)).toEqual([]);
});

test("two that leave at the same moment close it", async () => {
  for (let times = 0; times < 5; times++) {
    const program = await startIdle(24, "closed");
    const both = [await startLeakline(program), await startLeakline(program)];
    expect(await Promise.all(both.map(leave))).toEqual([null, null]);
    expect(portsOf(program)).toEqual([]);
  }
});

test("when all were killed, the next one finds that it was a Leakline, and closes it", async () => {
  const program = await startIdle(24, "closed");
  await (await startLeakline(program)).stop();
  expect(portsOf(program)).toEqual([program.port]);
  const next = await startLeakline(program);
  expect(next.announcements.filter(({ event }) => event !== undefined)).toEqual([]);
  expect(await leave(next)).toBeNull();
  expect(portsOf(program)).toEqual([]);
});

test("a foreign client keeps it open, whoever leaves, and the last one says so", async () => {
  const program = await startIdle(24, "closed");
  const [opener, other] = [await startLeakline(program), await startLeakline(program)];
  const foreign = await connectForeign(program);
  expect(await leave(opener)).toBeNull();
  expect(await leave(other)).toContain("another client");
  expect(portsOf(program)).toEqual([program.port]);
  await foreign.close();
  const next = await startLeakline(program);
  expect(await leave(next)).toBeNull();
  expect(portsOf(program)).toEqual([]);
});

test("an inspector that others opened is left open: from the start, or anew after ours", async () => {
  const started = await startIdle(24, "open");
  expect(await leave(await startLeakline(started))).toBeNull();
  expect(portsOf(started)).toEqual([started.port]);

  const program = await startIdle(24, "closed");
  await (await startLeakline(program)).stop();
  const foreign = await connectForeign(program);
  // The program's owner closes it and opens it again, at the same port.
  const expression =
    "const i = process.getBuiltinModule('inspector'); setTimeout(() => { i.close(); i.open(process.debugPort); }, 20)";
  await foreign.send("Runtime.evaluate", { expression });
  await vi.waitFor(() => expect(program.stderr().match(/Debugger listening/g)).toHaveLength(2));
  expect(await leave(await startLeakline(program))).toBeNull();
  expect(portsOf(program)).toEqual([program.port]);
});
