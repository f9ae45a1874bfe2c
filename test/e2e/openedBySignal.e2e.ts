import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import { askProgram } from "../build/editor/debuggee.ts";
import { pickProcess, putBack, readAgain } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { readBlocked } from "../build/leaklineCommand.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";

// Nobody debugs these processes: a Leakline, in the editor or in a terminal, opens their inspectors with SIGUSR1.

const root = fileURLToPath(new URL("../..", import.meta.url));
const large = join(root, "test/e2e/programs/largeHeap.cjs");
const idle = join(root, "test/integration/programs/processTarget.cjs");

const code = useWorkbench({ settings: { "leakline.longestUnaskedPause": 60 } });

afterEach(async () => {
  await putBack(code());
});

const portsOf = ({ pid }: RunningProgram) =>
  listeningSockets(pid).map(({ localPort }) => localPort);
/** Who closed it may have ended before: it is closed in the background. */
const ownPortOf = ({ ready }: RunningProgram) => Number(ready["port"]);
const startLarge = (megabytes: number) =>
  startProgram({ nodeMajor: 24, script: large, args: [String(megabytes)], inspector: "closed" });

async function attach(program: RunningProgram): Promise<void> {
  await code().runCommand("Leakline: Attach to Node process…");
  await pickProcess(code(), program.pid);
  await code().view("Leakline").open();
  await code().view("Leakline").waitForRow("No finalizer is blocked");
  await code().notifications.waitUntilGone(/^Leakline reads/);
}

/** The terminal's reading, in the middle of its snapshot. Not to be awaited twice: hence the function. */
async function readUntilSnapshot(pid: number) {
  let said = "";
  const read = readBlocked(pid, ["--max-pause", "60"], { onProgress: (text) => (said += text) });
  read.catch(() => {});
  await expect.poll(() => said).toContain("Taking the snapshot");
  return () => read;
}

async function stop(): Promise<void> {
  await code().runCommand("Leakline: Stop");
  await expect.poll(() => code().view("Leakline").welcome()).toContain("Find Blocked Finalizers");
}

test("the terminal comes to the editor and leaves; when the editor stops it is closed", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: idle,
    args: ["idle"],
    inspector: "closed",
  });
  await attach(program);
  expect(portsOf(program)).toEqual([program.port]);
  expect((await readBlocked(program.pid)).exitCode).toBe(0);
  expect(portsOf(program)).toEqual([program.port]);
  await readAgain(code());
  await code().view("Leakline").waitForRow("No finalizer is blocked");
  await stop();
  await expect.poll(() => portsOf(program)).toEqual([]);
  expect(program.stderr().match(/Debugger listening/g)).toHaveLength(1);
});

test("the editor stops while the terminal takes its snapshot, which goes on and closes it", async () => {
  const program = await startLarge(30);
  const own = ownPortOf(program);
  await attach(program);
  const read = await readUntilSnapshot(program.pid);
  await stop();
  const { report, exitCode } = await read();
  expect(report.capture.level).toBe("capture");
  expect(exitCode).toBe(0);
  await expect.poll(() => portsOf(program)).toEqual([own]);
  await askProgram(own);
});

test("the terminal came first and leaves first; the editor goes on, and closes it", async () => {
  const program = await startLarge(30);
  const own = ownPortOf(program);
  const read = await readUntilSnapshot(program.pid);
  const attached = attach(program);
  expect((await read()).exitCode).toBe(0);
  await attached;
  expect(portsOf(program).sort()).toEqual([own, program.port].sort());
  await readAgain(code());
  await code().view("Leakline").waitForRow("No finalizer is blocked");
  await stop();
  await expect.poll(() => portsOf(program)).toEqual([own]);
  await askProgram(own);
});
