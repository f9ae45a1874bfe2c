import { expect, test } from "vitest";
import { NoAnswerError, ProtocolError } from "../../../extension/process/cdpSession.ts";
import { observeThread, type ThreadToObserve } from "../../../extension/process/observeThread.ts";
import type { BorrowedSession } from "../../../extension/process/sharedSession.ts";

interface FakeThread {
  paused?: boolean;
  idle?: boolean;
  running?: boolean;
  isOurSession?: boolean;
  silent?: boolean;
  /** Adds to the turns of its loop with each sample. */
  turnsBy?: number;
}

/** A thread behind one connection, which writes down how it was asked. */
function fakeThread(state: FakeThread) {
  const log: string[] = [];
  const made = new Map<string, Promise<unknown>>();
  let turns = 0;
  const stack = () => {
    turns += state.turnsBy ?? 0;
    return `${turns};${JSON.stringify([
      ["read", "leakline.cdp", 1, 1, 1, 1, null, false],
      ["hog", "/app.js", 3, 1, 2, 1, null, false],
    ])}`;
  };
  const answers: Readonly<Record<string, (parameters: Record<string, unknown>) => unknown>> = {
    "Debugger.evaluateOnCallFrame": () => {
      throw new ProtocolError(
        state.paused ? "Invalid call frame id" : "Can only perform operation while paused.",
      );
    },
    "Runtime.evaluate": ({ expression, disableBreaks }) => {
      expect(disableBreaks).toBe(true);
      const isSample = /^\$_\..*\$_\(\)/.test(String(expression));
      log.push(isSample ? "evaluate" : "prepare");
      return { result: isSample ? { value: stack() } : { objectId: "function" } };
    },
    "Runtime.getProperties": ({ objectId }) => {
      if (objectId === "function")
        return { result: [{ name: "listed", value: { objectId: "1" } }] };
      log.push("list");
      return {
        result: [{ name: "stack", value: { value: stack() } }],
        internalProperties: [{ name: "[[Prototype]]", value: { objectId: `p${log.length}` } }],
      };
    },
    "Runtime.releaseObject": ({ objectId }) => {
      log.push(`release ${String(objectId)}`);
      return {};
    },
  };
  const session: BorrowedSession = {
    async send(method, parameters) {
      if (state.silent) throw new NoAnswerError("silence");
      return answers[method]?.((parameters ?? {}) as Record<string, unknown>) as never;
    },
    on: () => () => {},
    once(name, make) {
      const known = made.get(name) ?? make();
      made.set(name, known);
      return known as Promise<never>;
    },
    forget: (name) => void made.delete(name),
    isClosed: false,
    close: async () => {},
  };
  const thread: ThreadToObserve = {
    threadId: 0,
    name: "main",
    connect: async () => session,
    isOurSession: state.isOurSession ?? true,
    hopeless: () => new Promise(() => {}),
    isIdle: async () => state.idle ?? false,
    isRunning: () => state.running ?? false,
  };
  const look = async () => {
    log.length = 0;
    const observation = await observeThread(thread, 1000);
    return { ...observation, log: [...log] };
  };
  return { state, look };
}

const times = (count: number, what: string): readonly string[] =>
  Array.from({ length: count }, () => what);

test("the first look takes six samples, and the probe is prepared once", async () => {
  const { look } = fakeThread({ turnsBy: 1 });
  expect((await look()).log).toEqual(["prepare", ...times(6, "evaluate")]);
  expect((await look()).log).toEqual(times(2, "evaluate"));
});

test("a thread that doesn't turn between the ends of a later look is looked at more closely", async () => {
  const { look } = fakeThread({ turnsBy: 0, running: false });
  await look();
  const { log, samples } = await look();
  expect(log).toEqual(times(6, "evaluate"));
  expect(samples).toHaveLength(6);
});

test("a stuck thread that runs is asked without compiling anything, and nothing is left there", async () => {
  const { state, look } = fakeThread({ turnsBy: 0, running: true });
  expect((await look()).log).not.toContain("list");
  const { log } = await look();
  expect(log.filter((one) => one === "list")).toHaveLength(6);
  expect(log.filter((one) => one.startsWith("release"))).toHaveLength(6);
  // It sleeps in its event loop now: a pause may be pending.
  state.running = false;
  expect((await look()).log).toEqual(times(6, "evaluate"));
});

test("an idle thread is not asked at all once it has been seen", async () => {
  const { state, look } = fakeThread({ turnsBy: 1, idle: true });
  expect((await look()).answeredBy).toBe("interrupt evaluation");
  const idle = await look();
  expect(idle).toMatchObject({ state: "answering", answeredBy: "operating system", log: [] });
  expect(idle.samples).toMatchObject([{ frames: [], loopTurns: null }]);
  state.idle = false;
  expect((await look()).log).toEqual(times(2, "evaluate"));
});

test("a thread that a debugger holds is sampled once, without compiling", async () => {
  const { look } = fakeThread({ paused: true });
  const first = await look();
  expect(first.state).toBe("paused");
  expect(first.log.slice(0, 2)).toEqual(["prepare", "list"]);
  expect(first.samples[0]?.frames[0]?.functionName).toBe("hog");
});

test("in a debugger's own session its user's last result stays what it is", async () => {
  const { look } = fakeThread({ isOurSession: false, turnsBy: 1 });
  const { log } = await look();
  expect(log.filter((one) => one === "list")).toHaveLength(6);
  expect(log).not.toContain("evaluate");
});

test("a thread that gives no answer is silent", async () => {
  const { look } = fakeThread({ silent: true });
  expect(await look()).toMatchObject({ state: "silent", answeredBy: null, samples: [] });
});
