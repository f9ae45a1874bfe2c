import { type ChildProcess, spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openProcess } from "../../extension/process/inspectedProcess.ts";
import { listeningSockets, readSockets } from "../../extension/process/procFiles.ts";
import type { Announcement, RunningProgram } from "../build/runningProgram.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/processTarget.cjs";
const driver = fileURLToPath(new URL("programs/processDriver.ts", import.meta.url));
/** Runs TypeScript as it is. */
const driverNode = 24;

/** What can be told of a process from inside and outside. */
async function stateOf(program: RunningProgram, answersSoFar: number) {
  program.send("state");
  await program.waitForAnnouncement(() => statesOf(program).length > answersSoFar);
  const ports = listeningSockets(program.pid).map(({ localPort }) => localPort);
  return { inside: statesOf(program).at(-1), ports };
}

const statesOf = ({ announcements }: RunningProgram): readonly unknown[] =>
  announcements.flatMap((one: Announcement) => one["state"] ?? []);

const connectionsTo = ({ pid, port }: RunningProgram) =>
  readSockets(pid).filter(({ state, localPort }) => state === "established" && localPort === port);

const ourFiles = async (): Promise<readonly string[]> => [
  ...(await readdir(tmpdir())).filter((name) => name.startsWith("leakline-snapshot-")),
  ...(await readdir(".")).filter((name) => name.endsWith(".heapsnapshot")),
];

/** A Leakline that does its work on the process until it is killed, as hard as possible. */
async function startDriver(program: RunningProgram, action: string): Promise<ChildProcess> {
  const child = spawn(nodeBinary(driverNode), [driver, String(program.pid), action], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    const fail = (what: string) => reject(new Error(`${what}\n${program.stderr()}`));
    child.once("exit", () => fail("The driver ended before it was killed."));
    void program.ended.then(({ code, signal }) => fail(`The program ended (${signal ?? code}).`));
  });
  return child;
}

async function killHard(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** The same moments at every run, spread over a look (0.3 s) and the capture behind it. */
const momentsMs = { look: [3, 160], capture: [300, 400] };

async function killAtAllMoments(program: RunningProgram): Promise<void> {
  for (const [action, moments] of Object.entries(momentsMs)) {
    for (const momentMs of moments) {
      const child = await startDriver(program, action);
      await sleep(momentMs);
      await killHard(child);
    }
  }
}

describe.each(nodeVersions)("Node %i after Leakline was killed with -9", (nodeMajor) => {
  test("an idle process goes on, with nothing changed or left behind", async () => {
    const program = await startProgram({ nodeMajor, script, args: ["idle"], inspector: "open" });
    const files = await ourFiles();
    const before = await stateOf(program, 0);
    await killAtAllMoments(program);
    const after = await stateOf(program, 1);
    expect({ ...after, inside: withoutCollections(after.inside) }).toEqual({
      ...before,
      inside: withoutCollections(before.inside),
    });
    await expectDisconnected(program);
    expect(await ourFiles()).toEqual(files);
  });

  test("a blocked process goes on when its callback returns; only the inspector stays open", async () => {
    const program = await startProgram({ nodeMajor, script, args: ["idle"], inspector: "closed" });
    const files = await ourFiles();
    const before = await stateOf(program, 0);
    expect(before.ports).toEqual([]);
    program.send("begin spin 5000");
    await program.waitForAnnouncement(() => readyCount(program) === 2);
    await killAtAllMoments(program);
    await program.waitForAnnouncement((one) => one["unblocked"] === true);
    const after = await stateOf(program, 1);
    // The program itself put these there.
    const own = (state: unknown) => ({
      ...withoutCollections(state),
      globals: (state as { globals: string[] }).globals.filter((name) => name !== "kept"),
    });
    expect(own(after.inside)).toEqual(own(before.inside));
    expect(after.ports).toEqual([program.port]);
    await expectDisconnected(program);
    expect(await ourFiles()).toEqual(files);
  });

  test("nothing that costs anything is left in the queue of a thread in native code", async () => {
    const program = await startProgram({ nodeMajor, script, args: ["idle"], inspector: "open" });
    const inspected = await openProcess(
      { kind: "pid", pid: program.pid },
      { timeoutMs: 400, onNotice: () => {} },
    );
    program.send("begin native 2000");
    await program.waitForAnnouncement(() => readyCount(program) === 2);
    await sleep(100);
    for (const threadIsStuck of [false, true]) {
      const captured = inspected.capture(0, {
        sink: { begin: () => {}, push: () => {} },
        signal: new AbortController().signal,
        threadIsStuck,
        onProgress: () => {},
      });
      await expect(captured).rejects.toMatchObject({ code: "capture-failed" });
    }
    await inspected.close();
    expect(statesOf(program)).toEqual([]);
    await program.waitForAnnouncement((one) => one["unblocked"] === true);
    expect((await stateOf(program, 0)).inside).toMatchObject({ collections: 0 });
  });
});

const readyCount = ({ announcements }: RunningProgram): number =>
  announcements.filter((one) => one["ready"] === true).length;

const withoutCollections = (state: unknown) => ({ ...(state as object), collections: null });

/** The system needs a moment to tell the process that the other end is gone. */
async function expectDisconnected(program: RunningProgram): Promise<void> {
  for (let tries = 0; tries < 50 && connectionsTo(program).length > 0; tries++) await sleep(20);
  expect(connectionsTo(program)).toEqual([]);
}
