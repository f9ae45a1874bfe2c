import { expect, test } from "vitest";
import { createHeapReader } from "../../../extension/pipeline/heapReading.ts";
import {
  type AskAwaits,
  suspendedReadingOf,
} from "../../../extension/pipeline/suspendedReading.ts";
import type { AwaitPosition } from "../../../extension/process/awaitPositions.ts";
import type { SourceLibrary } from "../../../extension/sources/sourceLibrary.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { type DrawnPromises, drawPromises } from "../../build/promiseDrawing.ts";
import { writeSnapshot } from "../../build/snapshotWriter.ts";

const context = { signal: new AbortController().signal, emit: () => {} };

/** Positions stay what they are in the script. */
const library = {
  position: async ({ url }, { line, column }, name) => ({
    file: url,
    line,
    column,
    function: name,
  }),
} satisfies Pick<SourceLibrary, "position"> as unknown as SourceLibrary;

async function read(heap: HeapDrawing, askAwaits: AskAwaits | null = null) {
  const reader = createHeapReader("drawn");
  reader.push(writeSnapshot(heap));
  const options = { threadId: 0, library, askAwaits };
  return suspendedReadingOf(await reader.finish(context), options, context);
}

/** So many calls of `outer`, each of which awaits a call of `inner` that waits for a connection. */
function drawCalls(heap: HeapDrawing, promises: DrawnPromises, count: number, outer: string) {
  const [inner, code] = [promises.code("inner"), promises.code(outer)];
  return Array.from({ length: count }, () => {
    const awaited = promises.promise();
    heap.hold("wake", promises.resolver(awaited));
    const call = promises.call(inner, awaited);
    return [call, promises.call(code, call.result)] as const;
  });
}

test("the groups with most stacks come first, and every suspended function is counted once", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  drawCalls(heap, promises, 2, "few");
  drawCalls(heap, promises, 5, "many");
  const { groups, suspendedFunctions } = await read(heap);
  expect(
    groups.map(({ count, functions, frames }) => [count, functions, frames[1]?.function]),
  ).toEqual([
    [5, 10, "many"],
    [2, 4, "few"],
  ]);
  expect(suspendedFunctions).toBe(14);
  expect(groups[0]?.frames[0]).toMatchObject({
    kind: "await",
    position: { file: "/app/main.js", line: 3, column: 1 },
    awaits: [],
    internal: false,
    waiting: 5,
  });
});

test("stacks are given page by page, each once, in the order of their groups", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const few = drawCalls(heap, promises, 3, "few");
  const many = drawCalls(heap, promises, 5, "many");
  const { groups, stacks } = await read(heap);
  const all = await stacks(0, 100);
  expect(all.map(({ group }) => groups.findIndex(({ id }) => id === group))).toEqual([
    ...[0, 0, 0, 0, 0],
    ...[1, 1, 1],
  ]);
  const ids = [...many, ...few].map(([inner, outer]) =>
    [inner, outer].map(({ generator }) => generator.objectId),
  );
  expect(all.map(({ frames }) => frames.map(({ objectId }) => objectId))).toEqual(ids);
  for (const size of [1, 2, 3, 7]) {
    const pages = [];
    for (let from = 0; from < 8; from += size) pages.push(...(await stacks(from, size)));
    expect(pages).toEqual(all);
  }
  expect(await stacks(8, 10)).toEqual([]);
});

test("a function that stands in its group several times one behind the other is each time a frame of the stack", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const walk = promises.code("walk");
  let awaited = promises.promise();
  heap.hold("wake", promises.resolver(awaited));
  const calls = Array.from({ length: 4 }, () => {
    const call = promises.call(walk, awaited);
    awaited = call.result;
    return call;
  });
  const { groups, stacks } = await read(heap);
  expect(groups[0]?.frames).toMatchObject([{ function: "walk", repeated: 4, waiting: 4 }]);
  const [stack] = await stacks(0, 1);
  expect(stack?.frames.map(({ objectId }) => objectId)).toEqual(
    calls.map(({ generator }) => generator.objectId),
  );
});

test("of each frame three functions are asked where they stand, the largest group's first", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const few = drawCalls(heap, promises, 1, "few");
  const many = drawCalls(heap, promises, 5, "many");
  let asked: readonly number[] = [];
  const { groups } = await read(heap, async (ids) => {
    asked = ids;
    const stands = ids.map((id, at): [number, AwaitPosition] => [
      id,
      // The second one of a frame stands elsewhere.
      { scriptId: 1, line: at >= 4 && at < 6 ? 70 : 60, column: 5 },
    ]);
    return new Map(stands);
  });
  const id = (call: { readonly generator: DrawnNode } | undefined) => call?.generator.objectId;
  expect(asked).toEqual([
    ...[id(many[0]?.[0]), id(many[0]?.[1]), id(few[0]?.[0]), id(few[0]?.[1])],
    ...[id(many[2]?.[0]), id(many[2]?.[1])],
    ...[id(many[4]?.[0]), id(many[4]?.[1])],
  ]);
  expect(groups[0]?.frames[0]?.awaits).toEqual([
    { position: { file: "/app/main.js", line: 60, column: 5, function: "inner" }, seen: 2 },
    { position: { file: "/app/main.js", line: 70, column: 5, function: "inner" }, seen: 1 },
  ]);
  expect(groups[1]?.frames[1]?.awaits).toMatchObject([{ position: { line: 60 }, seen: 1 }]);
});

test("where functions of Node stand is not asked, and their stacks are said to be Node's", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const ofNode = heap.closure("once", heap.script("node:events"), {
    place: { scriptId: 2, line: 9, column: 0 },
  });
  const awaited = promises.promise();
  heap.hold("wake", promises.resolver(awaited));
  const call = promises.call(ofNode, awaited);
  const alone = promises.promise();
  heap.hold("wake", promises.resolver(alone));
  promises.call(ofNode, alone);
  const own = promises.call(promises.code("handle"), call.result);
  let asked: readonly number[] = [];
  const { groups } = await read(heap, async (ids) => {
    asked = ids;
    return new Map();
  });
  expect(asked).toEqual([own.generator.objectId]);
  expect(groups.map(({ internal, frames }) => [internal, frames.length])).toEqual([
    [false, 2],
    [true, 1],
  ]);
});

test("generated code without a file belongs to the program, and a computed name is a name", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const made = heap.node("closure", "", { place: { scriptId: 3, line: 0, column: 0 } });
  heap.edge(made, "property", "name", heap.node("string", "made"));
  const awaited = promises.promise();
  heap.hold("wake", promises.resolver(awaited));
  promises.call(made, awaited);
  const { groups } = await read(heap);
  expect(groups[0]?.frames).toMatchObject([
    { function: "made", position: null, internal: false, awaits: [] },
  ]);
});

test("what a suspended function keeps is described by class, with what it retains", async () => {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const awaited = promises.promise();
  heap.hold("wake", promises.resolver(awaited));
  const { generator } = promises.call(promises.code("handle"), awaited);
  const body = heap.node("object", "Body", { selfSizeBytes: 5000 });
  heap.edge(generator, "internal", "receiver", heap.object("Server"));
  heap.edge(
    generator,
    "internal",
    "context",
    heap.scope({ body, secret: heap.node("string", "pw") }),
  );
  const { groups, retainedBytes } = await read(heap);
  const variables = groups[0]?.frames[0]?.variables ?? [];
  expect(variables.map(({ name, value }) => [name, value])).toEqual([
    ["body", "Body"],
    ["this", "Server"],
    ["secret", "string"],
  ]);
  expect(variables[0]?.retainedBytes).toBe(5000);
  expect(retainedBytes).toBeGreaterThan(5000);
});
