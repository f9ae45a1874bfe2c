import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createOpenTargets } from "../../../extension/pipeline/openTargets.ts";
import type { TargetSession } from "../../../extension/pipeline/targetSession.ts";
import type { AnalysisEvent } from "../../../extension/protocol/analysisApi.ts";

/** Sessions that are opened by hand, and write down what becomes of them. */
function targets() {
  const log: string[] = [];
  const background: Promise<unknown>[] = [];
  const open = createOpenTargets((work) => background.push(work.catch(() => {})));
  const dead = new Set<string>();
  const sessionCalled = (label: string, names: readonly string[]): TargetSession => ({
    description: { kind: "process", label, pid: null, address: null, via: "direct" },
    names,
    isAlive: async () => !dead.has(label),
    look: () => Promise.reject(new Error("not here")),
    capture: () => Promise.reject(new Error("not here")),
    suspended: () => Promise.reject(new Error("not here")),
    suspendedStacks: () => Promise.reject(new Error("not here")),
    heap: () => Promise.reject(new Error("not here")),
    saveSnapshot: () => Promise.reject(new Error("not here")),
    sourceText: async () => null,
    async close() {
      log.push(`close ${label}`);
      return { outcome: { leftBehind: `${label} was here` }, settled: Promise.resolve() };
    },
  });
  const finish = new Map<string, (error?: Error) => void>();
  const begin =
    (label: string, names: readonly string[]) =>
    ({
      signal,
      emit,
    }: {
      readonly signal: AbortSignal;
      readonly emit: (event: AnalysisEvent) => void;
    }) => {
      log.push(`open ${label}`);
      emit({ kind: "notice", text: label });
      return new Promise<TargetSession>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        finish.set(label, (error) => {
          emit({ kind: "notice", text: `${label} is open` });
          if (error) reject(error);
          else resolve(sessionCalled(label, names));
        });
      });
    };
  const context = (controller = new AbortController()) => {
    const heard: string[] = [];
    return {
      signal: controller.signal,
      emit: (event: AnalysisEvent) => void heard.push("text" in event ? event.text : event.phase),
      heard,
    };
  };
  return { open, begin, finish, context, log, dead, background };
}

test("who opens it twice has one session and one id, and the last closing closes it", async () => {
  const { open, begin, finish, context, log } = targets();
  const first = open.open(["pid 1"], begin("a", ["pid 1", "port 9"]), context());
  await setImmediate();
  finish.get("a")?.();
  const { id } = await first;
  const again = await open.open(["port 9"], begin("b", ["port 9"]), context());
  expect(again.id).toBe(id);
  expect(await open.close(id)).toEqual({ leftBehind: null });
  expect(open.session(id)).toBe(again.session);
  expect(await open.close(id)).toEqual({ leftBehind: "a was here" });
  expect(log).toEqual(["open a", "close a"]);
  expect(() => open.session(id)).toThrow("no open target");
  await expect(open.close(id)).rejects.toMatchObject({ code: "unknown-target" });
});

test("who asks while it is being opened waits for the same, and hears what is told", async () => {
  const { open, begin, finish, context, log } = targets();
  const heard = [context(), context()];
  const both = heard.map((one) => open.open(["pid 1"], begin("a", ["pid 1"]), one));
  await setImmediate();
  finish.get("a")?.();
  const [one, two] = await Promise.all(both);
  expect(one?.id).toBe(two?.id);
  expect(log).toEqual(["open a"]);
  expect(heard.map((one) => one.heard)).toEqual([["a", "a is open"], ["a is open"]]);
});

test("an opening goes on while anybody waits for it, and is given up with the last one", async () => {
  const { open, begin, finish, context, log } = targets();
  const [first, second] = [new AbortController(), new AbortController()];
  const a = open.open(["pid 1"], begin("a", ["pid 1"]), context(first));
  const b = open.open(["pid 1"], begin("a", ["pid 1"]), context(second));
  await setImmediate();
  first.abort();
  await expect(a).rejects.toMatchObject({ name: "AbortError" });
  await setImmediate();
  finish.get("a")?.();
  const { id } = await b;
  expect(await open.close(id)).toEqual({ leftBehind: "a was here" });

  const third = new AbortController();
  const c = open.open(["pid 2"], begin("c", ["pid 2"]), context(third));
  await setImmediate();
  third.abort();
  await expect(c).rejects.toMatchObject({ name: "AbortError" });
  const d = open.open(["pid 2"], begin("d", ["pid 2"]), context());
  await setImmediate();
  finish.get("d")?.();
  await d;
  expect(log).toEqual(["open a", "close a", "open c", "open d"]);
});

test("what is open when nobody waits any more is closed", async () => {
  const { open, context, log, begin, finish, background } = targets();
  const controller = new AbortController();
  const opening = open.open(
    ["pid 1"],
    ({ emit }) => begin("a", ["pid 1"])({ signal: new AbortController().signal, emit }),
    context(controller),
  );
  await setImmediate();
  controller.abort();
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  await setImmediate();
  finish.get("a")?.();
  await Promise.all(background);
  expect(log).toEqual(["open a", "close a"]);
});

test("a failure is everybody's, and the next one tries again", async () => {
  const { open, begin, finish, context, log } = targets();
  const both = [1, 2].map(() => open.open(["pid 1"], begin("a", ["pid 1"]), context()));
  await setImmediate();
  finish.get("a")?.(new Error("refused"));
  for (const one of both) await expect(one).rejects.toThrow("refused");
  const next = open.open(["pid 1"], begin("b", ["pid 1"]), context());
  await setImmediate();
  finish.get("b")?.();
  await next;
  expect(log).toEqual(["open a", "open b"]);
});

test("a process that has ended is not handed out again, and whoever had it keeps its id", async () => {
  const { open, begin, finish, context, dead, log } = targets();
  const opening = open.open(["port 9"], begin("old", ["port 9"]), context());
  await setImmediate();
  finish.get("old")?.();
  const old = await opening;
  dead.add("old");
  const next = open.open(["port 9"], begin("new", ["port 9"]), context());
  await setImmediate();
  finish.get("new")?.();
  const { id } = await next;
  expect(id).not.toBe(old.id);
  expect(open.session(old.id)).toBe(old.session);
  await open.close(old.id);
  expect(log).toEqual(["open old", "open new", "close old"]);
  expect((await open.open(["port 9"], begin("c", []), context())).id).toBe(id);
});

test("one process opened by two names at the same time ends as one target", async () => {
  const { open, begin, finish, context, log } = targets();
  const byPid = open.open(["pid 1"], begin("a", ["pid 1", "target x"]), context());
  const byPort = open.open(["port 9"], begin("b", ["port 9", "target x"]), context());
  await setImmediate();
  finish.get("a")?.();
  const { id } = await byPid;
  await setImmediate();
  finish.get("b")?.();
  expect((await byPort).id).toBe(id);
  expect(log).toEqual(["open a", "open b", "close b"]);
  await open.close(id);
  expect(log).toHaveLength(3);
  await open.close(id);
  expect(log.at(-1)).toBe("close a");
});

test("disposing closes all and gives up what is being opened", async () => {
  const { open, begin, finish, context, log } = targets();
  const opened = open.open(["pid 1"], begin("a", ["pid 1"]), context());
  await setImmediate();
  finish.get("a")?.();
  await opened;
  const opening = open.open(["pid 2"], begin("b", ["pid 2"]), context());
  await setImmediate();
  await open.dispose();
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  expect(log).toEqual(["open a", "open b", "close a"]);
});
