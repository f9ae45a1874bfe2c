import { expect, test } from "vitest";
import { pausedGeneratorsOf } from "../../../extension/graph/pausedGenerators.ts";
import { drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { drawPromises } from "../../build/promiseDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

const draw = () => {
  const heap = drawHeap();
  return { heap, promises: drawPromises(heap) };
};

function pausedIn(heap: HeapDrawing): readonly number[] {
  return pausedGeneratorsOf(readGraph(heap)).map(Number);
}

test("a generator that has itself in its registers and that nobody has asked is paused", () => {
  const { heap, promises } = draw();
  const { generator } = promises.generator(promises.code("rows"), 0);
  expect(pausedIn(heap)).toEqual([generator.row]);
});

test("one that has ended or runs has left its registers", () => {
  const { heap, promises } = draw();
  const ended = heap.object("rows");
  const registers = heap.node("array", "");
  heap.edge(ended, "internal", "function", promises.code("rows"));
  heap.edge(ended, "internal", "parameters_and_registers", registers);
  heap.edge(ended, "property", "__proto__", heap.object("Generator"));
  expect(pausedIn(heap)).toEqual([]);
});

test("one that awaits is not paused, and neither is one that was asked and goes on at once", () => {
  const { heap, promises } = draw();
  promises.generator(promises.code("awaits"), 1, promises.promise());
  promises.generator(promises.code("asked"), 1);
  expect(pausedIn(heap)).toEqual([]);
});

test("an async function has no caller that asks for the next value", () => {
  const { heap, promises } = draw();
  promises.call(promises.code("f"));
  expect(pausedIn(heap)).toEqual([]);
});

test("a module that waits for its imports is no generator of the program", () => {
  const { heap, promises } = draw();
  const { generator } = promises.generator(promises.code(""), 0);
  const module = heap.node("hidden", "system / SourceTextModule");
  heap.edge(module, "hidden", 5, generator);
  expect(pausedIn(heap)).toEqual([]);
});
