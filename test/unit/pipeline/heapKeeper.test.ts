import { expect, test } from "vitest";
import type { CapturedHeap } from "../../../extension/pipeline/capturedHeap.ts";
import { createHeapKeeper } from "../../../extension/pipeline/heapKeeper.ts";
import type { HeapReading } from "../../../extension/pipeline/heapReading.ts";
import { createNewestHeaps } from "../../../extension/pipeline/newestHeaps.ts";

const context = { signal: new AbortController().signal, emit() {} };
const reading = (snapshotBytes: number) => ({ snapshotBytes }) as HeapReading;

/** Files of that many bytes, and how often each was read. */
function files(limit: number) {
  const keeper = createHeapKeeper(limit);
  const reads: string[] = [];
  const file = (name: string, snapshotBytes: number) =>
    keeper.keepReadable({
      snapshotBytes,
      async read() {
        reads.push(name);
        return reading(snapshotBytes);
      },
    });
  return { keeper, reads, file };
}

test("a file is read when it is first asked for, and then no more", async () => {
  const { reads, file } = files(100);
  const a = file("a", 10);
  expect(reads).toEqual([]);
  const first = await a.get(context);
  expect(await a.get(context)).toBe(first);
  expect(reads).toEqual(["a"]);
});

test("the one that nobody asked for the longest makes room, and is read again when asked for", async () => {
  const { reads, file } = files(25);
  const [a, b, c] = [file("a", 10), file("b", 10), file("c", 10)];
  for (const one of [a, b, a, c]) await one.get(context);
  expect([a, b, c].map(({ isInMemory }) => isInMemory)).toEqual([true, false, true]);
  await b.get(context);
  expect(reads).toEqual(["a", "b", "c", "b"]);
  expect([a, b, c].map(({ isInMemory }) => isInMemory)).toEqual([false, true, true]);
});

test("room is made before a heap is read, and the newest stays however large it is", async () => {
  const { keeper, file } = files(25);
  const small = file("small", 20);
  await small.get(context);
  const seen: boolean[] = [];
  const large = keeper.keepReadable({
    snapshotBytes: 1000,
    async read() {
      seen.push(small.isInMemory);
      return reading(1000);
    },
  });
  const read = await large.get(context);
  expect(seen).toEqual([false]);
  expect(await large.get(context)).toBe(read);
});

test("a process's heap can't be read again: the user is told to take another snapshot", async () => {
  const { keeper, file } = files(25);
  const live = keeper.keep(reading(20), "process 4242");
  expect((await live.get(context)).snapshotBytes).toBe(20);
  await file("a", 10).get(context);
  await expect(live.get(context)).rejects.toMatchObject({
    code: "heap-dropped",
    message: expect.stringContaining("process 4242"),
    hint: "Take another snapshot.",
  });
});

test("what its owner gave back takes no room, and what failed is read again", async () => {
  const { keeper, reads, file } = files(25);
  const [a, b] = [file("a", 20), file("b", 20)];
  await a.get(context);
  a.dispose();
  await b.get(context);
  expect([a.isInMemory, b.isInMemory]).toEqual([false, true]);
  let attempts = 0;
  const broken = keeper.keepReadable({
    snapshotBytes: 1,
    async read() {
      attempts++;
      if (attempts === 1) throw new Error("torn");
      return reading(1);
    },
  });
  await expect(broken.get(context)).rejects.toThrow("torn");
  await broken.get(context);
  expect(attempts).toBe(2);
  expect(reads).toEqual(["a", "b"]);
});

test("of a process's newest capture the main thread's heap is asked, until it is dropped", async () => {
  const { keeper, file } = files(25);
  const newest = createNewestHeaps(keeper, "process 4242");
  await expect(newest.main(context)).rejects.toMatchObject({ code: "no-snapshot-yet" });
  const captured = (threadId: number, snapshotBytes: number) =>
    ({ threadId, reading: reading(snapshotBytes) }) as CapturedHeap;
  newest.keep([captured(3, 2), captured(0, 20)]);
  expect((await newest.main(context)).reading.snapshotBytes).toBe(20);
  expect(await newest.inMemory(context)).toHaveLength(2);
  newest.keep([captured(0, 7)]);
  expect((await newest.main(context)).reading.snapshotBytes).toBe(7);
  await file("a", 25).get(context);
  expect(await newest.inMemory(context)).toEqual([]);
  await expect(newest.main(context)).rejects.toMatchObject({ code: "heap-dropped" });
});
