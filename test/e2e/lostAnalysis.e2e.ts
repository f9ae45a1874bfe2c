import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { askProgram, expectBreakpointHit, waitForDebuggee } from "../build/editor/debuggee.ts";
import {
  analysisProcesses,
  findBlocked,
  pickProcess,
  putBack,
  readAgain,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import type { View } from "../build/editor/view.ts";
import type { Workbench } from "../build/editor/workbench.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeBinary } from "../setup/nodeVersions.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const large = join(root, "test/e2e/programs/largeHeap.cjs");
const idle = join(root, "test/integration/programs/processTarget.cjs");
const answerLine = lineOf("test/e2e/programs/largeHeap.cjs", /BREAKPOINT/);
const outOfMemory = /^Leakline's analysis process ran out of memory/;
const settings = { "leakline.longestUnaskedPause": 60 };

const startIdle = () =>
  startProgram({ nodeMajor: 24, script: idle, args: ["idle"], inspector: "open" });

const titlesOf = async (view: View, description: RegExp): Promise<readonly string[]> =>
  (await view.rows())
    .filter((row) => row.level === 1 && description.test(row.description))
    .map(({ text }) => text.replace(/ .*/, ""))
    .sort();

function onlyAnalysisOf(code: Workbench): number {
  const [pid = 0, ...others] = analysisProcesses(code);
  expect(others).toEqual([]);
  expect(pid).toBeGreaterThan(0);
  return pid;
}

/** The message comes once, and says what it was. */
async function expectOneMessage({ notifications }: Workbench): Promise<void> {
  await notifications.waitFor(outOfMemory);
  await notifications.waitUntilGone(/^Leakline reads/);
  const messages = (await notifications.list()).filter(({ text }) => outOfMemory.test(text));
  expect(messages).toMatchObject([{ severity: "error" }]);
  await notifications.clear();
}

describe("the analysis process is killed", () => {
  const code = useWorkbench({
    launch: [
      { type: "node", request: "launch", name: "Small", program: large, args: ["10"] },
      { type: "node", request: "launch", name: "Large", program: large, args: ["40"] },
    ].map((one) => ({ ...one, outputCapture: "std" })),
    settings,
  });

  afterEach(() => putBack(code()));

  test("while it is idle: both its targets say so, the debugger goes on, the next command reads both", async () => {
    const { debug } = code();
    await debug.start("Small");
    const { port } = await waitForDebuggee(code());
    const leakline = await findBlocked(code());
    await leakline.waitForRow("No finalizer is blocked");
    const other = await startIdle();
    await code().runCommand("Leakline: Attach to Node process…");
    await pickProcess(code(), other.pid);
    const both = ["largeHeap.cjs", "processTarget.cjs"];
    await expect.poll(() => titlesOf(leakline, /^reading of /)).toEqual(both);
    await code().notifications.waitUntilGone(/^Leakline reads/);
    await code().notifications.clear();

    const killed = onlyAnalysisOf(code());
    process.kill(killed, "SIGKILL");
    await expectOneMessage(code());
    await expect.poll(() => titlesOf(leakline, /^not watched$/)).toEqual(both);
    await expectBreakpointHit(code(), { file: large, line: answerLine, port });

    await readAgain(code());
    await expect.poll(() => titlesOf(leakline, /^reading of /)).toEqual(both);
    expect(onlyAnalysisOf(code())).not.toBe(killed);
  });

  test("in the middle of a snapshot: the program, the debugger and the next command go on", async () => {
    const { debug, notifications } = code();
    await debug.start("Large");
    const { port } = await waitForDebuggee(code());
    const leakline = await findBlocked(code());
    await notifications.waitFor(/^Leakline reads .*Taking the snapshot/);
    process.kill(onlyAnalysisOf(code()), "SIGKILL");
    await expectOneMessage(code());
    expect(Number(await askProgram(port))).toBeGreaterThan(0);
    await expectBreakpointHit(code(), { file: large, line: answerLine, port });
    await findBlocked(code());
    await leakline.waitForRow(/^closeRow live \d+ · queued 0/);
    onlyAnalysisOf(code());
  });
});

describe("the analysis process gets no more memory of the system", () => {
  const folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
  const nodePath = join(folder, "node");
  // Little more than what Node and its worker thread need to start: each reserves half a gigabyte for code.
  const script = `#!/bin/sh\nulimit -d 1240000\nexec ${nodeBinary(24)} "$@"\n`;
  writeFileSync(nodePath, script, { mode: 0o755 });
  const code = useWorkbench({
    // Where it is set for a machine is not where a user's other settings are.
    files: { ".vscode/settings.json": { "leakline.nodePath": nodePath } },
    settings,
  });

  afterEach(() => putBack(code()));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a heap that is too large for it is said to be, and a small one is read afterwards", async () => {
    const program = await startProgram({
      nodeMajor: 24,
      script: large,
      args: ["70"],
      inspector: "open",
    });
    const port = Number(program.ready["port"]);
    await findBlocked(code(), program.pid);
    await code().notifications.waitFor(outOfMemory, 90_000);
    await expectOneMessage(code());
    expect(Number(await askProgram(port))).toBeGreaterThan(0);
    const leakline = code().view("Leakline");
    await code().runCommand("Leakline: Stop");
    await expect.poll(() => leakline.welcome()).toContain("Find Blocked Finalizers");
    const small = await startIdle();
    await findBlocked(code(), small.pid);
    await leakline.waitForRow("No finalizer is blocked");
  });
});
