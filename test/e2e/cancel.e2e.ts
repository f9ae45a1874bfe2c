import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { privateFolder } from "../../extension/process/privateFolder.ts";
import { childrenOf, listeningSockets } from "../../extension/process/procFiles.ts";
import { askProgram, expectBreakpointHit, waitForDebuggee } from "../build/editor/debuggee.ts";
import {
  analysisProcesses,
  findBlocked,
  pickProcess,
  processPicker,
  putBack,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { waitFor } from "../build/editor/waiting.ts";
import { runLeakline } from "../build/leaklineCommand.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const large = join(root, "test/e2e/programs/largeHeap.cjs");
const nativeSpell = join(root, "test/integration/programs/nativeSpell.cjs");
const answerLine = lineOf("test/e2e/programs/largeHeap.cjs", /BREAKPOINT/);
const snapshots = mkdtempSync(join(tmpdir(), "leakline-test-"));
const reads = /^Leakline reads/;
const takes = /^Leakline takes a snapshot/;
/** On a busy machine. */
const atOnceMs = 30_000;

const code = useWorkbench({
  launch: [
    {
      type: "node",
      request: "launch",
      name: "Large",
      program: large,
      args: ["50"],
      outputCapture: "std",
    },
  ],
  // Where it is set for a machine is not where a user's other settings are.
  files: { ".vscode/settings.json": { "leakline.snapshotFolder": snapshots } },
  settings: { "leakline.longestUnaskedPause": 60 },
});

afterAll(() => rmSync(snapshots, { recursive: true }));

afterEach(async () => {
  await putBack(code());
});

/** Clicks `Cancel` while the message of a progress says this. */
async function cancel(title: RegExp, phase: RegExp): Promise<void> {
  const { notifications } = code();
  await notifications.waitFor(new RegExp(`${title.source}.*${phase.source}`));
  await notifications.click(title, "Cancel");
  await expectCancelled(title);
}

/** The message of the progress goes at once, and nobody complains. */
async function expectCancelled(title: RegExp): Promise<void> {
  const { notifications } = code();
  await notifications.waitUntilGone(title, atOnceMs);
  expect((await notifications.list()).filter(({ severity }) => severity !== "info")).toEqual([]);
}

/** What a Leakline leaves about a process, and our analysis process on the disk. */
const filesLeft = (pid: number): readonly string[] => [
  ...readdirSync(privateFolder() ?? "").filter(
    (name) => name.endsWith(`.lease`) && name.includes(`-${pid}-`),
  ),
  ...readdirSync(tmpdir()).filter((name) =>
    analysisProcesses(code()).some((one) => name.startsWith(`leakline-snapshot-${one}-`)),
  ),
  ...readdirSync(snapshots),
];

/** It has turned since it answered first, and nothing of the cancelled question is left on the disk. */
async function expectUntouched({
  pid,
  port,
}: {
  readonly pid: number;
  readonly port: number;
}): Promise<void> {
  const turns = Number(await askProgram(port));
  await expect.poll(async () => Number(await askProgram(port))).toBeGreaterThan(turns);
  await expect.poll(() => filesLeft(pid)).toEqual([]);
}

describe("cancelled while it opens", () => {
  test("something that never answers is left, and the next command works", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      // What nobody reads does not say that it has ended.
      socket.resume();
      socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    });
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as { port: number }).port)),
    );
    onTestFinished(() => {
      silent.close();
      for (const socket of sockets) socket.destroy();
    });
    const { quickInput, view } = code();
    await code().runCommand("Leakline: Attach to Node process…");
    await quickInput.waitUntilOpen(processPicker);
    await quickInput.type("address");
    await quickInput.choose(/An inspector.s address/);
    await quickInput.waitUntilOpen("Leakline: the inspector's address");
    await quickInput.type(`127.0.0.1:${port}`);
    await quickInput.accept();
    await expect.poll(() => sockets.size).toBeGreaterThan(0);
    await cancel(reads, /127/);
    await view("Leakline").open();
    await expect.poll(() => view("Leakline").welcome()).toContain("Find Blocked Finalizers");
    await expect.poll(() => sockets.size).toBe(0);

    const program = await startProgram({
      nodeMajor: 24,
      script: large,
      args: ["8"],
      inspector: "open",
    });
    await findBlocked(code(), program.pid);
    await view("Leakline").waitForRow("No finalizer is blocked");
  });

  test("a process in native code that was signalled has its inspector closed as soon as it opens", async () => {
    const program = await startProgram({
      nodeMajor: 24,
      script: nativeSpell,
      args: ["7"],
      inspector: "closed",
    });
    const port = Number(program.ready["port"]);
    await sleep(300);
    await code().runCommand("Leakline: Attach to Node process…");
    await pickProcess(code(), program.pid);
    await cancel(reads, /nativeSpell/);
    await program.waitForAnnouncement((one) => one["unblocked"] === true, 120_000);
    // The signal is served now.
    await expect.poll(program.stderr).toContain("Debugger listening");
    const ports = () => listeningSockets(program.pid).map(({ localPort }) => localPort);
    await expect.poll(ports).toEqual([port]);
    await expectUntouched({ pid: program.pid, port });
    await findBlocked(code(), program.pid);
    await code().view("Leakline").waitForRow("No finalizer is blocked");
  });
});

describe("cancelled in a debugged program", () => {
  let target: { readonly pid: number; readonly port: number; readonly inspector: string };

  beforeEach(async () => {
    await code().debug.start("Large");
    target = await waitForDebuggee(code());
  });

  /** The debugger and the next command find all as it was. */
  async function expectGoesOn(): Promise<void> {
    await expectUntouched(target);
    await expectBreakpointHit(code(), { file: large, line: answerLine, port: target.port });
    const leakline = await findBlocked(code());
    await leakline.waitForRow(/^closeRow live \d+ · queued 0/, 90_000);
    await code().notifications.waitUntilGone(reads);
    expect(listeningSockets(target.pid)).toHaveLength(2);
  }

  test("while it looks, behind another Leakline's snapshot", async () => {
    let said = "";
    let terminal = 0;
    let holders: readonly number[] = [];
    let isHeld = false;
    const goOn = () => {
      if (isHeld) for (const pid of holders) process.kill(pid, "SIGCONT");
      isHeld = false;
    };
    const words = ["blocked", target.inspector, "--snapshot", "--timeout", "120"];
    const other = runLeakline(words, {
      deadlineMs: 180_000,
      onStart(pid) {
        terminal = pid;
      },
      onProgress(text) {
        said += text;
        if (holders.length > 0 || !said.includes("Taking the snapshot")) return;
        // It is not done before the editor waits for it, however slow the editor is.
        holders = childrenOf(terminal);
        for (const pid of holders) process.kill(pid, "SIGSTOP");
        isHeld = true;
      },
    });
    onTestFinished(goOn);
    await expect.poll(() => isHeld).toBe(true);
    await findBlocked(code());
    await cancel(reads, /Waiting for another Leakline/);
    goOn();
    expect((await other).exitCode).toBe(0);
    await expectGoesOn();
  });

  test("while the snapshot is taken", async () => {
    await findBlocked(code());
    await cancel(reads, /Taking the snapshot/);
    await expectGoesOn();
  });

  test("by Stop while the snapshot is taken", async () => {
    await findBlocked(code());
    await code().notifications.waitFor(/^Leakline reads.*Taking the snapshot/);
    await code().runCommand("Leakline: Stop");
    await expectCancelled(reads);
    await expectGoesOn();
  });

  test("while a snapshot is saved", async () => {
    await code().runCommand("Leakline: Take heap snapshot");
    await cancel(takes, /Taking the snapshot/);
    await expectGoesOn();

    await code().runCommand("Leakline: Take heap snapshot");
    const saved = await code().notifications.waitFor(/^The snapshot is in /, 90_000);
    const [file = "", ...others] = readdirSync(snapshots);
    expect(others).toEqual([]);
    expect(saved.text).toContain(file);
    expect(statSync(join(snapshots, file)).size).toBeGreaterThan(50e6);
    rmSync(join(snapshots, file));
  });
});

test("cancelled while a snapshot is analysed: the file is kept as it is, and can be read again", async () => {
  const { quickInput, view, notifications } = code();
  const program = await startProgram({
    nodeMajor: 24,
    script: large,
    args: ["80"],
    inspector: "open",
  });
  const folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "large.heapsnapshot");
  await runLeakline(["snapshot", String(program.pid), "-o", file, "--yes"]);
  const before = statSync(file);
  const openFile = async () => {
    await code().runCommand("Leakline: Open heap snapshot");
    await quickInput.waitUntilOpen(/heap snapshot/);
    await quickInput.type(file);
    await quickInput.accept();
  };
  await openFile();
  const analysis = await waitFor("the analysis process", async () => analysisProcesses(code())[0]);
  await notifications.waitFor(/^Leakline reads large\.heapsnapshot: Reading the snapshot/);
  // A fast machine would be ready before the click.
  process.kill(analysis, "SIGSTOP");
  onTestFinished(() => void process.kill(analysis, "SIGCONT"));
  await notifications.click(reads, "Cancel");
  process.kill(analysis, "SIGCONT");
  await notifications.waitUntilGone(reads, atOnceMs);
  await view("Leakline").open();
  expect((await view("Leakline").rows()).map(({ text }) => text)).not.toContain("closeRow");
  expect(statSync(file)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
  expect(readdirSync(folder)).toEqual(["large.heapsnapshot"]);
  await openFile();
  await view("Leakline").waitForRow(/^closeRow live \d+ · queued 0/);
});
