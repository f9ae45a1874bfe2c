import { expect, test } from "vitest";
import { createAnalysisOwner } from "../../../extension/pipeline/analysisOwner.ts";
import { type FakeAnalysis, fakeAnalysis } from "../../build/fakeAnalysis.ts";

function ownerOf() {
  const started: FakeAnalysis[] = [];
  const owner = createAnalysisOwner(async () => {
    const analysis = fakeAnalysis();
    started.push(analysis);
    return analysis;
  });
  return { owner, started };
}

test("nothing is started before a question, and one for all questions", async () => {
  const { owner, started } = ownerOf();
  expect(started).toEqual([]);
  const [first, second] = await Promise.all([owner.running(), owner.running()]);
  expect(first).toBe(second);
  expect(await owner.running()).toBe(first);
  expect(started).toHaveLength(1);
});

test("one that ended is told about once, and the next question starts another", async () => {
  const { owner, started } = ownerOf();
  const lost: string[] = [];
  owner.onLost(({ code }) => lost.push(code));
  const first = await owner.running();
  started[0]?.kill();
  await first.ended;
  expect(lost).toEqual(["analysis-ended"]);
  expect(owner.isRunning(first)).toBe(false);
  const second = await owner.running();
  expect(second).not.toBe(first);
  expect(owner.isRunning(second)).toBe(true);
});

test("disposing it ends the process without a word, and none is started afterwards", async () => {
  const { owner, started } = ownerOf();
  const lost: string[] = [];
  owner.onLost(({ code }) => lost.push(code));
  await owner.running();
  await owner.dispose();
  started[0]?.kill();
  expect(started[0]?.isDisposed).toBe(true);
  expect(lost).toEqual([]);
  await expect(owner.running()).rejects.toThrow("closing");
});

test("a process that is still being started when the window closes is ended too", async () => {
  const late = fakeAnalysis();
  let start: (analysis: FakeAnalysis) => void = () => {};
  const owner = createAnalysisOwner(
    () =>
      new Promise((resolve) => {
        start = resolve;
      }),
  );
  const asked = owner.running();
  const disposed = owner.dispose();
  start(late);
  await disposed;
  await expect(asked).rejects.toThrow("closing");
  expect(late.isDisposed).toBe(true);
});

test("a start that fails is tried anew with the next question", async () => {
  let attempts = 0;
  const owner = createAnalysisOwner(async () => {
    if (attempts++ === 0) throw new Error("no memory");
    return fakeAnalysis();
  });
  await expect(owner.running()).rejects.toThrow("no memory");
  await expect(owner.running()).resolves.toBeDefined();
});
