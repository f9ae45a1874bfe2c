import { expect, test } from "vitest";
import { judgeThread } from "../../../extension/findings/judgeThread.ts";
import { frame, observed } from "../../build/evidence.ts";

test("a thread without a frame at any interrupt is idle when each interrupt made its loop turn", () => {
  expect(judgeThread(observed([[], [], []], [7, 8, 9])).state).toBe("idle");
  expect(judgeThread(observed([[], [], []], [null, null, null])).state).toBe("idle");
});

test("a flood of microtasks is stuck, although most interrupts land between two of them", () => {
  const judged = judgeThread(observed([[], [], ["flood app.js:3"], []], [7, 7, 7, 7]));
  expect(judged.state).toBe("stuck");
  expect(judged.hog).toEqual(frame("flood app.js:3"));
});

test("a thread that is always in the same turn is stuck, for as long as it was watched", () => {
  const stack = ["spin app.js:3", "onBlock app.js:2"];
  const judged = judgeThread(observed([stack, stack, stack], [7, 7, 7]));
  expect(judged).toMatchObject({ state: "stuck", observedMs: 100 });
  expect(judged.bottom).toEqual(frame("onBlock app.js:2"));
  expect(judged.hog).toEqual(frame("spin app.js:3"));
});

test("a server under load is busy, not stuck: its loop turns", () => {
  const stack = ["handle app.js:3", "onread node:internal/streams:9"];
  expect(judgeThread(observed([stack, stack, stack], [7, 19, 31])).state).toBe("busy");
});

test("where turns are not counted, one and the same entry in every sample counts as stuck", () => {
  const nulls = [null, null];
  const same = [
    ["work app.js:9", "onTimer app.js:1"],
    ["other app.js:5", "onTimer app.js:1"],
  ];
  const other = [["onTimer app.js:1"], ["onData app.js:30"]];
  expect(judgeThread(observed(same, nulls)).state).toBe("stuck");
  expect(judgeThread(observed(other, nulls)).state).toBe("busy");
});

test("the builtin under a callback of Node 20 is seen, and the callback is the bottom", () => {
  const stack = ["spin app.js:3", "onBlock app.js:2", "cleanupSome"];
  const judged = judgeThread(observed([stack, stack], [7, 7]));
  expect(judged.cleanupBuiltin?.functionName).toBe("cleanupSome");
  expect(judged.bottom?.functionName).toBe("onBlock");
});

test("the line that hogs is the deepest user function that every sample shares", () => {
  const judged = judgeThread(
    observed(
      [
        [
          "hash node:crypto:1",
          "a app.js:9",
          "loop app.js:5",
          "onTimer app.js:1",
          "list node:timers:3",
        ],
        ["b app.js:12", "loop app.js:5", "onTimer app.js:1", "list node:timers:3"],
      ],
      [7, 7],
    ),
  );
  expect(judged.hog?.functionName).toBe("loop");
});

test("the stack that is shown has the hog where it was met most often, not where it was only entered", () => {
  const at = (line: number) => ({ ...frame(`close app.js:${line}`), functionLine: 9 });
  const observation = observed([["x app.js:1"], ["x app.js:1"], ["x app.js:1"]], [7, 7, 7]);
  const lines = [15, 15, 9];
  const judged = judgeThread({
    ...observation,
    samples: observation.samples.map((sample, index) => ({
      ...sample,
      frames: [at(lines[index] ?? 0)],
    })),
  });
  expect(judged.frames).toEqual([at(15)]);
  expect(judged.hog).toEqual(at(15));
  expect(judged.bottom).toEqual(at(15));
});

test("a flood of ticks has no shared user frame: the one seen most often stands for it", () => {
  const queue = "processTicksAndRejections node:internal/process/task_queues:85";
  const judged = judgeThread(
    observed(
      [["emitAfter node:internal/async_hooks:5", queue], ["flood app.js:11", queue], [queue]],
      [7, 7, 7],
    ),
  );
  expect(judged.hog?.functionName).toBe("flood");
  expect(judged.frames).toEqual([frame("flood app.js:11"), frame(queue)]);
});

test("an awaiting caller is shown but is never the bottom of the stack", () => {
  const observation = observed(
    [
      ["spin app.js:3", "resumed app.js:4"],
      ["spin app.js:3", "resumed app.js:4"],
    ],
    [7, 7],
  );
  const withCaller = {
    ...observation,
    samples: observation.samples.map((sample) => ({
      ...sample,
      frames: [...sample.frames, frame("outer app.js:5", true)],
    })),
  };
  const judged = judgeThread(withCaller);
  expect(judged.bottom?.functionName).toBe("resumed");
  expect(judged.frames).toHaveLength(3);
});

test("a process at a breakpoint is paused, never stuck", () => {
  const stack = ["step app.js:3"];
  expect(judgeThread({ ...observed([stack, stack], [7, 7]), state: "paused" }).state).toBe(
    "paused",
  );
});
