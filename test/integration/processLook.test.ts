import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import CDP from "chrome-remote-interface";
import { describe, expect, onTestFinished, test } from "vitest";
import { type InspectedProcess, openProcess } from "../../extension/process/inspectedProcess.ts";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import { parseTarget } from "../../extension/process/targetAddress.ts";
import type { ThreadObservation } from "../../extension/protocol/threadObservation.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/processTarget.cjs";
const blockedMs = 60_000;

const startTarget = (
  nodeMajor: NodeMajor,
  inspector: "open" | "closed",
  ...args: readonly string[]
): Promise<RunningProgram> => startProgram({ nodeMajor, script, args, inspector });

/** Opens a target as a user would name it, and closes it with the test. */
async function open(target: string | number) {
  const address = parseTarget(String(target));
  if (address.kind === "file") throw new Error(`${target} is a file`);
  const notices: string[] = [];
  const inspected = await openProcess(address, {
    timeoutMs: 5000,
    onNotice: (text) => notices.push(text),
  });
  onTestFinished(async () => void (await inspected.close()));
  return { inspected, notices };
}

const mainThread = async (inspected: InspectedProcess): Promise<ThreadObservation> => {
  const [main] = await inspected.look();
  if (main === undefined) throw new Error("no main thread");
  return main;
};

const namesOf = ({ samples }: ThreadObservation) =>
  samples.map(({ frames }) => frames.map(({ functionName }) => functionName));

const capture = (inspected: InspectedProcess, threadId: number, threadIsStuck: boolean) => {
  const parts: Uint8Array[] = [];
  return inspected
    .capture(threadId, {
      sink: { begin: () => void parts.splice(0), push: (bytes) => void parts.push(bytes) },
      signal: new AbortController().signal,
      threadIsStuck,
      onProgress: () => {},
    })
    .then((captured) => ({ ...captured, text: Buffer.concat(parts).toString() }));
};

const expectSnapshot = (text: string) => {
  expect(text.startsWith('{"snapshot":{"meta"')).toBe(true);
  expect(Object.keys(JSON.parse(text) as object)).toContain("nodes");
};

describe.each(nodeVersions)("Node %i", (nodeMajor) => {
  describe.each(["open", "closed"] as const)("with its inspector %s", (inspector) => {
    test("an idle process answers, its loop turns, and everything of it can be read", async () => {
      const program = await startTarget(nodeMajor, inspector, "idle");
      const { inspected, notices } = await open(program.pid);
      expect(notices).toHaveLength(inspector === "closed" ? 1 : 0);
      expect(inspected.description).toMatchObject({
        pid: program.pid,
        address: `127.0.0.1:${program.port}`,
        inspectorOpenedByLeakline: inspector === "closed",
      });
      expect(inspected.description.nodeVersion).toMatch(new RegExp(`^v${nodeMajor}\\.`));
      const main = await mainThread(inspected);
      expect(main).toMatchObject({ threadId: 0, state: "answering", nativeWait: null });
      expect(main.samples).toHaveLength(6);
      const turns = main.samples.map(({ loopTurns }) => loopTurns ?? Number.NaN);
      expect(turns.at(-1)).toBeGreaterThan(turns[0] ?? Number.NaN);
      expect(await inspected.heapBytes(0)).toBeGreaterThan(1_000_000);

      const { scripts, source } = await inspected.scripts(0);
      const own = scripts.find(({ url }) => url.endsWith("processTarget.cjs"));
      expect(await source(own?.scriptId ?? -1)).toContain("blockInCallback");
      const { text, answeredBy } = await capture(inspected, 0, false);
      expect(answeredBy).toBe("HeapProfiler.takeHeapSnapshot");
      expectSnapshot(text);

      expect((await inspected.close()).outcome).toEqual({ leftBehind: null });
      expect(listeningSockets(program.pid)).toHaveLength(inspector === "open" ? 1 : 0);
      // One line for one connection, however many questions were asked.
      expect(program.stderr().match(/Debugger attached/g)).toHaveLength(1);
    });

    test.each(inspector === "closed" ? ["spin", "wait"] : ["spin"])(
      "a cleanup callback that blocks (%s) is seen with its stack, scripts and heap",
      async (situation) => {
        const program = await startTarget(nodeMajor, inspector, situation, String(blockedMs));
        await sleep(150);
        const { inspected } = await open(program.pid);
        const main = await mainThread(inspected);
        expect(main.state).toBe("answering");
        for (const names of namesOf(main)) expect(names).toContain("cleanUp");
        const bottom = main.samples[0]?.frames.at(-1);
        if (nodeMajor < 24) {
          expect(bottom).toMatchObject({
            functionName: "cleanupSome",
            typeName: "FinalizationRegistry",
            script: null,
          });
        } else {
          expect(bottom).toMatchObject({ functionName: "cleanUp" });
          expect(bottom?.functionLine).toBeGreaterThan(0);
        }
        expect(new Set(main.samples.map(({ loopTurns }) => loopTurns)).size).toBe(1);
        if (situation === "wait") expect(main.asleepBeforeMs).toBeGreaterThan(0);
        else expect(main.asleepBeforeMs).toBeNull();

        const { scripts } = await inspected.scripts(0);
        expect(scripts.some(({ url }) => url.endsWith("processTarget.cjs"))).toBe(true);
        const known = await capture(inspected, 0, true);
        expect(known.answeredBy).toBe("v8.getHeapSnapshot by interrupt");
        expectSnapshot(known.text);
        // Whoever doesn't know that the thread is stuck finds out, and gets the heap all the same.
        if (inspector === "closed") {
          const unknown = await capture(inspected, 0, false);
          expect(unknown.answeredBy).toBe(
            nodeMajor === 20 ? "HeapProfiler.takeHeapSnapshot" : "v8.getHeapSnapshot by interrupt",
          );
          expectSnapshot(unknown.text);
        }

        expect((await inspected.close()).outcome).toEqual({ leftBehind: null });
        expect(listeningSockets(program.pid)).toHaveLength(inspector === "open" ? 1 : 0);
      },
    );

    test("a process inside execSync is native, with the child that it waits for", async () => {
      const program = await startTarget(nodeMajor, inspector, "native", String(blockedMs));
      await sleep(250);
      const { inspected, notices } = await open(program.pid);
      const main = await mainThread(inspected);
      expect(main).toMatchObject({ state: "native", samples: [] });
      expect(main.nativeWait?.systemCall).toMatch(/^epoll_/);
      expect(main.nativeWait?.children[0]?.command).toContain("sleep 60");
      expect(main.nativeWait?.asleepMs).toBeGreaterThan(100);
      expect(notices).toEqual([]);
      expect((await inspected.close()).outcome).toEqual({ leftBehind: null });
    });
  });

  test("a stuck worker is seen beside an idle one and an idle main thread", async () => {
    const program = await startTarget(nodeMajor, "closed", "workers");
    const { inspected } = await open(program.pid);
    const threads = await inspected.look();
    const stuck = threads.find(({ threadId }) => threadId === program.ready["stuck"]);
    const idle = threads.find(({ threadId }) => threadId === program.ready["idle"]);
    expect(threads[0]).toMatchObject({ threadId: 0, state: "answering" });
    expect(threads).toHaveLength(3);
    expect(idle).toMatchObject({ state: "answering" });
    // An interrupt may find it while Node looks after its timers.
    const asleep = idle?.samples.filter(({ frames }) => frames.length === 0) ?? [];
    expect(asleep.length).toBeGreaterThanOrEqual(4);
    expect(stuck).toMatchObject({ state: "answering" });
    for (const { frames } of stuck?.samples ?? []) expect(frames.length).toBeGreaterThan(0);
    expectSnapshot((await capture(inspected, Number(program.ready["idle"]), false)).text);
    expectSnapshot((await capture(inspected, Number(program.ready["stuck"]), true)).text);
  });

  test("a process at another client's breakpoint is paused, and stays so", async () => {
    const program = await startTarget(nodeMajor, "open", "idle");
    const other = await CDP({ port: program.port, local: true });
    onTestFinished(() => other.close());
    let resumed = 0;
    other.on("Debugger.resumed", () => resumed++);
    await other.send("Debugger.enable");
    const paused = new Promise((resolve) => other.on("Debugger.paused", resolve));
    await other.send("Debugger.pause");
    await paused;
    const { inspected } = await open(program.pid);
    expect(await mainThread(inspected)).toMatchObject({ state: "paused" });
    await inspected.scripts(0);
    await inspected.close();
    expect(resumed).toBe(0);
    await other.send("Debugger.resume");
    await expect.poll(() => resumed).toBe(1);
    // And it runs again: it answers on its stdin.
    await other.send("Debugger.disable");
    program.send("state");
    await program.waitForAnnouncement((one) => one["state"] !== undefined);
  });

  test("host:port of a blocked process gives the operating system's view as a pid does", async () => {
    const program = await startTarget(nodeMajor, "open", "native", String(blockedMs));
    await sleep(250);
    const { inspected } = await open(`127.0.0.1:${program.port}`);
    expect(inspected.description.pid).toBe(program.pid);
    expect(await mainThread(inspected)).toMatchObject({ state: "native" });
  });

  test("an inspector that somebody else uses meanwhile is not closed", async () => {
    const program = await startTarget(nodeMajor, "closed", "idle");
    const { inspected } = await open(program.pid);
    const other = spawn(nodeBinary(nodeMajor), [
      "-e",
      `require("net").connect(${program.port}, "127.0.0.1", () => console.log("connected"))`,
    ]);
    onTestFinished(() => void other.kill("SIGKILL"));
    await once(other.stdout, "data");
    expect((await inspected.close()).outcome.leftBehind).toContain("another client");
    expect(listeningSockets(program.pid).map(({ localPort }) => localPort)).toEqual([program.port]);
  });

  test("a process that ends while its snapshot is taken is lost, and no rung waits for it", async () => {
    const program = await startTarget(nodeMajor, "open", "spin", String(blockedMs));
    const { inspected } = await open(program.pid);
    const captured = capture(inspected, 0, true);
    setTimeout(() => void program.stop(), 60);
    await expect(captured).rejects.toMatchObject({ kind: "target", code: "target-lost" });
  });

  test("a cancelled capture leaves nothing behind: the process goes on at once", async () => {
    const program = await startTarget(nodeMajor, "open", "idle");
    const { inspected } = await open(program.pid);
    const controller = new AbortController();
    const captured = inspected.capture(0, {
      sink: { begin: () => {}, push: () => controller.abort() },
      signal: controller.signal,
      threadIsStuck: false,
      onProgress: () => {},
    });
    await expect(captured).rejects.toMatchObject({ name: "AbortError" });
    expect(await mainThread(inspected)).toMatchObject({ state: "answering" });
  });
});
