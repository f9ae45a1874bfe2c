import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { abortable } from "../../../extension/base/abortable.ts";
import { createTurns } from "../../../extension/base/turns.ts";

/** Work that is begun and ended by hand. */
function steps() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      log.push(`begin ${name}`);
      ends.set(name, () => resolve(name));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await setImmediate();
  };
  return { log, work, end };
}

test("one after the other, in the order of asking, and who waits is told", async () => {
  const turns = createTurns();
  const { log, work, end } = steps();
  const onWait = () => log.push("waits");
  const results = ["a", "b", "c"].map((name) => turns.take(work(name), { onWait }));
  await setImmediate();
  expect(log).toEqual(["waits", "waits", "begin a"]);
  await end("a");
  expect(log.slice(3)).toEqual(["begin b"]);
  await end("b");
  await end("c");
  expect(await Promise.all(results)).toEqual(["a", "b", "c"]);
  const later = turns.take(work("d"), { onWait });
  await setImmediate();
  expect(log.at(-1)).toBe("begin d");
  await end("d");
  await later;
});

test("work that fails gives its turn on", async () => {
  const turns = createTurns();
  const failed = turns.take(async () => {
    throw new Error("broken");
  });
  const next = turns.take(async () => "next");
  await expect(failed).rejects.toThrow("broken");
  expect(await next).toBe("next");
});

test("who stops waiting is left out, and does nothing", async () => {
  const turns = createTurns();
  const { log, work, end } = steps();
  const controller = new AbortController();
  const first = turns.take(work("a"));
  const second = turns.take(work("b"), { signal: controller.signal });
  const third = turns.take(work("c"));
  controller.abort();
  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  await end("a");
  await end("c");
  await Promise.all([first, third]);
  expect(log).toEqual(["begin a", "begin c"]);
  await expect(turns.take(work("d"), { signal: controller.signal })).rejects.toBeDefined();
  expect(log).toEqual(["begin a", "begin c"]);
});

test("waiting for work can be given up while the work goes on", async () => {
  const controller = new AbortController();
  const never = abortable(new Promise(() => {}), controller.signal);
  controller.abort(new Error("enough"));
  await expect(never).rejects.toThrow("enough");
  await expect(abortable(Promise.resolve(1), controller.signal)).rejects.toThrow("enough");
  expect(await abortable(Promise.resolve(1), new AbortController().signal)).toBe(1);
});
