import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAnalysisOwner } from "../../../extension/pipeline/analysisOwner.ts";
import type { AnalysisApi, TargetId } from "../../../extension/protocol/analysisApi.ts";
import {
  lostTarget,
  noAnswer,
  nobodyListens,
  stopped,
} from "../../../extension/protocol/processErrors.ts";
import { TargetList } from "../../../extension/views/editor/targetList.ts";
import type { Asking, WantedTarget } from "../../../extension/views/editor/watchedTarget.ts";
import { type FakeAnalysis, fakeAnalysis, openedTarget } from "../../build/fakeAnalysis.ts";
import { look, report } from "../../build/reportParts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const asking = (signal = new AbortController().signal): Asking => ({ signal, onEvent: () => {} });
const wanted = (...targets: readonly string[]): WantedTarget => ({
  key: "target:4242",
  title: "server.js [4242]",
  async *routes() {
    for (const target of targets) yield { target };
  },
});

function watching(first: Partial<AnalysisApi> = {}, pollIntervalMs = 2000) {
  const started: FakeAnalysis[] = [];
  const owner = createAnalysisOwner(async () => {
    started.push(fakeAnalysis(started.length === 0 ? first : {}));
    return started.at(-1) as FakeAnalysis;
  });
  const list = new TargetList({
    owner,
    answerDeadlineMs: () => 1000,
    pollIntervalMs: () => pollIntervalMs,
  });
  return { list, started, asked: () => started.flatMap((one) => one.asked) };
}

test("a way that leads nowhere is followed by the next one, and the first that works is the last", async () => {
  const { list, asked } = watching({
    openTarget: async ({ target }) => {
      if (target !== "c") throw nobodyListens(target, "ECONNREFUSED");
      return openedTarget;
    },
  });
  const target = list.add(wanted("a", "b", "c", "d"));
  await target.open(asking());
  expect(asked()).toEqual(["openTarget a", "openTarget b", "openTarget c"]);
  expect(target.state.phase).toEqual({ kind: "watched" });
});

test("when no way works the last failure is what the view says, and the next command tries again", async () => {
  const { list, started } = watching({
    openTarget: async () => {
      throw nobodyListens("here", "ECONNREFUSED");
    },
  });
  const target = list.add(wanted("a"));
  await expect(target.look(asking())).rejects.toMatchObject({ code: "nobody-listens" });
  expect(target.state.phase).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("here"),
  });
  started[0]?.answer({ openTarget: async () => openedTarget });
  await target.look(asking());
  expect(target.state.phase).toEqual({ kind: "watched" });
});

test("an open process is looked at again and again; a command's own reading is not disturbed", async () => {
  const { list, started, asked } = watching();
  const target = list.add(wanted("4242"));
  await target.look(asking());
  await vi.advanceTimersByTimeAsync(6100);
  expect(asked().filter((one) => one === "look")).toHaveLength(4);
  let finish = (_: ReturnType<typeof report>) => {};
  started[0]?.answer({
    capture: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  const capturing = target.capture(asking());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked().filter((one) => one === "look")).toHaveLength(4);
  finish(report());
  await capturing;
  await vi.advanceTimersByTimeAsync(2100);
  expect(asked().filter((one) => one === "look")).toHaveLength(5);
});

test("with the interval 0, and for a file, nothing is asked without a command", async () => {
  const off = watching({}, 0);
  await off.list.add(wanted("4242")).look(asking());
  const file = watching({ openTarget: async () => ({ ...openedTarget, kind: "file" }) });
  await file.list.add(wanted("a.heapsnapshot")).capture(asking());
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...off.asked(), ...file.asked()]).toEqual([
    "openTarget 4242",
    "look",
    "openTarget a.heapsnapshot",
    "capture",
  ]);
});

test("a process that went away is over, keeps its last reading, and is asked nothing more", async () => {
  const { list, started, asked } = watching();
  const target = list.add(wanted("4242"));
  await target.look(asking());
  await target.capture(asking());
  started[0]?.answer({
    look: async () => {
      throw lostTarget("process 4242", "it was looked at");
    },
  });
  await vi.advanceTimersByTimeAsync(2100);
  expect(target.state.phase.kind).toBe("over");
  expect(target.state.heap?.report.capture.level).toBe("capture");
  const before = asked().length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toHaveLength(before);
  expect(list.add(wanted("4242"))).not.toBe(target);
});

test.each([noAnswer("process 4242", "the look", 1000), stopped(4242, "a stop signal")])(
  "one that only gives no answer now ($code) is asked again",
  async (error) => {
    const { list, started, asked } = watching();
    const target = list.add(wanted("4242"));
    await target.look(asking());
    started[0]?.answer({
      look: async () => {
        throw error;
      },
    });
    await vi.advanceTimersByTimeAsync(2100);
    started[0]?.answer({ look: async () => look() });
    await vi.advanceTimersByTimeAsync(2100);
    expect(target.state.phase).toEqual({ kind: "watched" });
    expect(asked().filter((one) => one === "look")).toHaveLength(3);
  },
);

test("when the analysis process is gone the view says so, and the next command opens it anew", async () => {
  const { list, started } = watching();
  const target = list.add(wanted("4242"));
  await target.capture(asking());
  started[0]?.kill();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(target.state.phase).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("analysis process"),
  });
  expect(started).toHaveLength(1);
  await target.look(asking());
  expect(started).toHaveLength(2);
  expect(started[1]?.asked).toEqual(["openTarget 4242", "look"]);
  expect(target.state.phase).toEqual({ kind: "watched" });
});

test("a cancelled command rejects as cancelled, and the process is still watched", async () => {
  const { list } = watching({ capture: () => new Promise(() => {}) });
  const target = list.add(wanted("4242"));
  await target.look(asking());
  const cancelling = new AbortController();
  const capturing = target.capture(asking(cancelling.signal));
  const outcome = expect(capturing).rejects.toMatchObject({ name: "AbortError" });
  await vi.advanceTimersByTimeAsync(10);
  cancelling.abort();
  await outcome;
  expect(target.state.phase).toEqual({ kind: "watched" });
});

test("a target that is stopped while it is being opened is closed as soon as it is open", async () => {
  let open = (_: typeof openedTarget) => {};
  const { list, asked } = watching({
    openTarget: () =>
      new Promise((resolve) => {
        open = resolve;
      }),
  });
  const target = list.add(wanted("4242"));
  const opening = target.open(asking()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1);
  const removed = list.remove("target:4242");
  open({ ...openedTarget, id: 7 as TargetId });
  await removed;
  expect(await opening).toMatchObject({ name: "AbortError" });
  expect(asked()).toEqual(["openTarget 4242", "closeTarget"]);
});

test("what is asked when the target is stopped is cancelled, and not told that the process went away", async () => {
  let lose = (_: Error) => {};
  const { list } = watching({
    capture: () =>
      new Promise((_, reject) => {
        lose = reject;
      }),
    closeTarget: async () => {
      lose(lostTarget("process 4242", "the snapshot was taken"));
      return { leftBehind: null };
    },
  });
  const target = list.add(wanted("4242"));
  await target.look(asking());
  const whileWatched = target.whileWatched(asking());
  const capturing = target.capture(asking()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1);
  expect(whileWatched.signal.aborted).toBe(false);
  await list.remove("target:4242");
  expect(await capturing).toMatchObject({ name: "AbortError" });
  expect(whileWatched.signal.aborted).toBe(true);
});

test("stopping closes the target, and says what stays behind", async () => {
  const { list, asked } = watching({ closeTarget: async () => ({ leftBehind: "a port" }) });
  await list.add(wanted("4242")).look(asking());
  expect(await list.remove("target:4242")).toEqual({ leftBehind: "a port" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toEqual(["openTarget 4242", "look", "closeTarget"]);
  expect(await list.remove("target:4242")).toEqual({ leftBehind: null });
});
