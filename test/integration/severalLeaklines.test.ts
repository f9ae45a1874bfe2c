import { readdirSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { privateFolder } from "../../extension/process/privateFolder.ts";
import type { AnalysisEvent } from "../../extension/protocol/analysisApi.ts";
import { createTestAnalysis, phasesOf } from "../build/analysis.ts";
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
const startLarge = (nodeMajor: NodeMajor) =>
  startProgram({
    nodeMajor,
    script: "-e",
    args: [
      "globalThis.kept = Array.from({ length: 400_000 }, (_, i) => ({ i })); setInterval(() => {}, 20); console.log('{\"ready\":true}')",
    ],
    inspector: "open",
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
    expect(filesAbout(program)).toEqual([]);
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
  expect(filesAbout(program)).toEqual([]);
});
