import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type InspectedProcess, openProcess } from "../../extension/process/inspectedProcess.ts";
import { listInspectorTargets } from "../../extension/process/inspectorServer.ts";
import { type AnyClient, connectClient } from "../build/debuggerProxy.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

const ourScript = "leakline.cdp";

const startTarget = (nodeMajor: NodeMajor, ...args: readonly string[]) =>
  startProgram({
    nodeMajor,
    script: "test/integration/programs/processTarget.cjs",
    args,
    inspector: "open",
  });

const startBusy = (nodeMajor: NodeMajor) =>
  startProgram({
    nodeMajor,
    script: "-e",
    args: [
      `function leaf() { globalThis.count = (globalThis.count ?? 0) + 1; }
      setInterval(function busy() { const end = Date.now() + 20; while (Date.now() < end); }, 25);
      setInterval(function tick() { debugger; leaf(); leaf(); }, 60);
      console.log('{"ready":true}')`,
    ],
    inspector: "open",
  });

interface Debugger {
  readonly client: AnyClient;
  /** What happened in the process since the last call. */
  news(): { scripts: number; contexts: number };
  /** The innermost frame of each pause: script and function. */
  readonly pauses: string[];
  resumed(): number;
}

/** Another client, as a debugger or DevTools would be. */
async function attachDebugger({ port }: RunningProgram): Promise<Debugger> {
  const [{ webSocketUrl }] = await listInspectorTargets("127.0.0.1", port, 5000);
  const client = await connectClient(webSocketUrl);
  const counts = { scripts: 0, contexts: 0 };
  const urls = new Map<string, string>();
  const pauses: string[] = [];
  let resumed = 0;
  client.on("Debugger.scriptParsed", ({ scriptId, url }) => {
    counts.scripts++;
    urls.set(String(scriptId), String(url));
  });
  client.on("Runtime.executionContextCreated", () => void counts.contexts++);
  client.on("Debugger.resumed", () => void resumed++);
  client.on("Debugger.paused", ({ callFrames }) => {
    const [frame] = callFrames as readonly {
      readonly functionName: string;
      readonly location: { readonly scriptId: string };
    }[];
    pauses.push(`${urls.get(frame?.location.scriptId ?? "")} ${frame?.functionName}`);
  });
  await client.send("Runtime.enable");
  await client.send("Debugger.enable");
  return {
    client,
    news: () => {
      const { scripts, contexts } = counts;
      Object.assign(counts, { scripts: 0, contexts: 0 });
      return { scripts, contexts };
    },
    pauses,
    resumed: () => resumed,
  };
}

async function open({ pid }: RunningProgram): Promise<InspectedProcess> {
  const options = { timeoutMs: 5000, onNotice: () => {} };
  const inspected = await openProcess({ kind: "pid", pid }, options);
  onTestFinished(async () => void (await inspected.close()));
  return inspected;
}

const stateOf = async (inspected: InspectedProcess) => (await inspected.look())[0]?.state;

async function lookTimes(inspected: InspectedProcess, times: number): Promise<void> {
  for (let look = 0; look < times; look++) await inspected.look();
}

describe.each(nodeVersions)("a debugger beside Leakline on Node %i", (nodeMajor) => {
  test("sees one context of ours, and hardly a script however often an idle process is looked at", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const { news } = await attachDebugger(program);
    const inspected = await open(program);
    await inspected.look();
    expect(news().contexts).toBeGreaterThanOrEqual(1);
    await lookTimes(inspected, 100);
    const { scripts, contexts } = news();
    // On a busy machine an idle process is awake at times, and is asked as a busy one; of 600 samples.
    expect(scripts).toBeLessThanOrEqual(12);
    // A look that gets no answer in time connects anew.
    expect(contexts).toBeLessThanOrEqual(1);
  });

  test("sees no more scripts however often a stuck process is looked at", async () => {
    const program = await startTarget(nodeMajor, "spin", "120000");
    const { news } = await attachDebugger(program);
    const inspected = await open(program);
    await inspected.look();
    news();
    await lookTimes(inspected, 25);
    expect(news()).toEqual({ scripts: 0, contexts: 0 });
    const [main] = await inspected.look();
    expect(main?.samples).toHaveLength(6);
    for (const { frames } of main?.samples ?? []) {
      expect(frames.map(({ functionName }) => functionName)).toContain("cleanUp");
    }
  });

  test("sees a few scripts of a look at a busy process, by a name that debuggers hide", async () => {
    const program = await startBusy(nodeMajor);
    const { client, news } = await attachDebugger(program);
    await client.send("Debugger.setSkipAllPauses", { skip: true });
    const inspected = await open(program);
    await inspected.look();
    news();
    await lookTimes(inspected, 10);
    const { scripts, contexts } = news();
    // A look that gets no answer from a busy machine in time connects anew.
    expect(contexts).toBeLessThanOrEqual(1);
    expect(scripts).toBeLessThanOrEqual(80);
  });

  test("holds the process undisturbed while it is looked at", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const { client, news, pauses, resumed } = await attachDebugger(program);
    const inspected = await open(program);
    expect(await stateOf(inspected)).toBe("answering");
    program.send("state");
    await vi.waitFor(() => expect(pauses).toHaveLength(1));
    news();
    for (let look = 0; look < 10; look++) expect(await stateOf(inspected)).toBe("paused");
    expect(news()).toEqual({ scripts: 0, contexts: 0 });
    expect(resumed()).toBe(0);
    await client.send("Debugger.resume");
    await program.waitForAnnouncement((one) => one["state"] !== undefined);
  });

  test("finds the pause that it asked for in the user's code, and can go on from there", async () => {
    const program = await startTarget(nodeMajor, "idle");
    const { client, pauses } = await attachDebugger(program);
    await client.send("Debugger.pause");
    const inspected = await open(program);
    await lookTimes(inspected, 3);
    await inspected.heapBytes(0);
    const { scripts } = await inspected.scripts(0);
    expect(scripts.length).toBeGreaterThan(0);
    expect(pauses.filter((place) => place.includes(ourScript))).toEqual([]);
    program.send("state");
    await vi.waitFor(() => expect(pauses).toHaveLength(1));
    expect(pauses[0]).not.toContain(ourScript);
    await client.send("Debugger.disable");
    await program.waitForAnnouncement((one) => one["state"] !== undefined);
  });

  test("steps through the user's code only", async () => {
    const program = await startBusy(nodeMajor);
    const { client, pauses } = await attachDebugger(program);
    let steps = 0;
    const step = async () => {
      await sleep(3);
      // Some steps into everything, then on to the next `debugger` statement.
      const method = steps++ % 12 === 11 ? "Debugger.resume" : "Debugger.stepInto";
      await client.send(method).catch(() => {});
    };
    client.on("Debugger.paused", step);
    if (pauses.length > 0) await step();
    const inspected = await open(program);
    const deadline = performance.now() + 30_000;
    while (pauses.length < 150 && performance.now() < deadline) await inspected.look();
    expect(pauses.length).toBeGreaterThan(100);
    expect(pauses.filter((place) => place.includes(ourScript))).toEqual([]);
  });
});

test("a program with a $_ of its own is looked at all the same, and its $_ is not called", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: "-e",
    args: [
      `globalThis.$_ = () => console.log('{"called":true}'); setInterval(() => {}, 10);
      console.log('{"ready":true}'); setTimeout(function hog() { for (;;); }, 300)`,
    ],
    inspector: "open",
  });
  const inspected = await open(program);
  await sleep(400);
  const [main] = await inspected.look();
  expect(main?.answeredBy).toBe("interrupt exception");
  const names = main?.samples.map(({ frames }) => frames[0]?.functionName);
  expect(names).toEqual(Array.from({ length: 6 }, () => "hog"));
  expect(program.announcements).toHaveLength(1);
});
