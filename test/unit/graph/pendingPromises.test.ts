import { describe, expect, test } from "vitest";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import {
  continuationKinds,
  isGenerator,
  pendingPromisesOf,
} from "../../../extension/graph/pendingPromises.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import {
  type ContextSlot,
  drawPromises,
  type PromiseLayout,
  promiseLayouts,
} from "../../build/promiseDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

const draw = (layout?: PromiseLayout, slot?: ContextSlot) => {
  const heap = drawHeap();
  return { heap, promises: drawPromises(heap, layout, slot) };
};

/** What waits for a promise: kind, row of the generator or callback, row of the promise that it settles. */
function continuationsOf(heap: HeapDrawing, promise: DrawnNode) {
  const pending = pendingPromisesOf(readGraph(heap));
  const number = pending.numberOf(promise.row as NodeRow);
  if (number === -1) return [];
  const found: (readonly [kind: string | undefined, through: number, next: number])[] = [];
  for (let at = pending.first[number] ?? 0; at < (pending.first[number + 1] ?? 0); at++) {
    const next = pending.next[at] ?? -1;
    found.push([
      continuationKinds[pending.kind[at] ?? -1],
      pending.through[at] ?? -1,
      next === -1 ? -1 : (pending.row[next] ?? -1),
    ]);
  }
  return found;
}

describe.each(promiseLayouts)("promises of %s, context slot %s", (layout, slot) => {
  test("a promise that nothing waits for is not listed, be it pending or settled", () => {
    const { heap, promises } = draw(layout, slot);
    const settled = promises.promise();
    heap.edge(settled, "internal", "reactions_or_result", heap.object("Value"));
    expect(continuationsOf(heap, settled)).toEqual([]);
    expect(continuationsOf(heap, promises.promise())).toEqual([]);
    expect(pendingPromisesOf(readGraph(heap)).count).toBe(0);
  });

  test("a suspended function settles its own promise when that is awaited", () => {
    const { heap, promises } = draw(layout, slot);
    const awaited = promises.promise();
    const inner = promises.call(promises.code("inner"), awaited);
    const outer = promises.call(promises.code("outer"), inner.result);
    expect(continuationsOf(heap, awaited)).toEqual([
      ["await", inner.generator.row, inner.result.row],
    ]);
    // Nobody waits for this one's promise.
    expect(continuationsOf(heap, inner.result)).toEqual([["await", outer.generator.row, -1]]);
  });

  test("callbacks of then and catch, and a call without any", () => {
    const { heap, promises } = draw(layout, slot);
    const first = promises.promise();
    const [parse, log] = [promises.code("parse"), promises.code("log")];
    const parsed = promises.then(first, parse);
    const caught = promises.catch(parsed, log);
    const passed = promises.pass(caught);
    promises.call(promises.code("f"), passed);
    expect(continuationsOf(heap, first)).toEqual([["then", parse.row, parsed.row]]);
    expect(continuationsOf(heap, parsed)).toEqual([["then", log.row, caught.row]]);
    expect(continuationsOf(heap, caught)).toEqual([["engine", -1, passed.row]]);
  });

  test("the callback of finally stands in a context of V8's", () => {
    const { heap, promises } = draw(layout, slot);
    const first = promises.promise();
    const close = promises.code("close");
    const closed = promises.finally(first, close);
    promises.call(promises.code("f"), closed);
    expect(continuationsOf(heap, first)).toEqual([["finally", close.row, closed.row]]);
  });

  test.each(["all", "allSettled", "any"] as const)("members of Promise.%s", (kind) => {
    const { heap, promises } = draw(layout, slot);
    const members = [promises.promise(), promises.promise()];
    const combined = promises.combine(kind, members);
    promises.call(promises.code("f"), combined);
    for (const member of members)
      expect(continuationsOf(heap, member)).toEqual([[`Promise.${kind}`, -1, combined.row]]);
  });

  test("a race has several members; with one it only passes on what that one becomes", () => {
    const { heap, promises } = draw(layout, slot);
    const members = [promises.promise(), promises.promise()];
    const combined = promises.combine("race", members);
    const alone = promises.promise();
    const follower = promises.promise();
    promises.adopt(alone, follower);
    for (const one of [combined, follower]) promises.call(promises.code("f"), one);
    for (const member of members)
      expect(continuationsOf(heap, member)).toEqual([["Promise.race", -1, combined.row]]);
    expect(continuationsOf(heap, alone)).toEqual([["adopt", -1, follower.row]]);
  });

  test("everything that waits for one promise is found, however long the list", () => {
    const { heap, promises } = draw(layout, slot);
    const shared = promises.promise();
    const code = promises.code("f");
    const calls = Array.from({ length: 3000 }, () => promises.call(code, shared));
    expect(continuationsOf(heap, shared).map(([, through]) => through)).toEqual(
      calls.map(({ generator }) => generator.row),
    );
  });

  test("an async generator settles the promise of each call of next that somebody waits for", () => {
    const { heap, promises } = draw(layout, slot);
    const awaited = promises.promise();
    const { generator, results } = promises.generator(promises.code("rows"), 3, awaited);
    const [first, , third] = results as [DrawnNode, DrawnNode, DrawnNode];
    promises.call(promises.code("a"), first);
    promises.call(promises.code("b"), third);
    expect(continuationsOf(heap, awaited)).toEqual([
      ["await", generator.row, first.row],
      ["await", generator.row, third.row],
    ]);
  });

  test("a generator whose callers have gone waits alone, and once", () => {
    const { heap, promises } = draw(layout, slot);
    const awaited = promises.promise();
    const { generator } = promises.generator(promises.code("rows"), 3, awaited);
    expect(continuationsOf(heap, awaited)).toEqual([["await", generator.row, -1]]);
  });

  test("a bound callback is one as well", () => {
    const { heap, promises } = draw(layout, slot);
    const bound = heap.node("closure", "native_bind");
    heap.edge(bound, "internal", "bound_function", promises.code("parse"));
    const first = promises.promise();
    promises.then(first, bound);
    expect(continuationsOf(heap, first)).toEqual([["then", bound.row, -1]]);
  });
});

test("promises of a subclass are promises", () => {
  const { heap, promises } = draw();
  const [later, derived] = [promises.promise("Later"), promises.promise("Later")];
  promises.adopt(later, derived);
  const { generator } = promises.call(promises.code("f"), derived);
  expect(continuationsOf(heap, later)).toEqual([["adopt", -1, derived.row]]);
  expect(continuationsOf(heap, derived)).toEqual([["await", generator.row, -1]]);
});

test("a module that waits at its top level settles its own import and those of the modules that wait for it", () => {
  const { heap, promises } = draw();
  const awaited = promises.promise();
  const awaiting = promises.call(promises.code("module"), awaited);
  const modules = ["waits", "imports it", "imports that"].map(() =>
    heap.node("hidden", "system / SourceTextModule"),
  );
  const imports = modules.map(() => promises.promise());
  // What a module imports itself has run long ago, and is nobody's to settle.
  const elsewhere = heap.node("hidden", "system / SourceTextModule");
  const others = promises.promise();
  heap.edge(elsewhere, "hidden", 4, others);
  promises.call(promises.code("other"), others);
  for (const [at, module] of modules.entries()) {
    const imported = heap.node("array", "");
    heap.edge(imported, "internal", "0", modules[at - 1] ?? elsewhere);
    heap.edge(module, "hidden", 0, imported);
    // The module in the middle was not asked for by itself.
    if (at !== 1) heap.edge(module, "hidden", 4, imports[at] as DrawnNode);
    heap.edge(module, "hidden", 10, module);
    const waiting = heap.node("hidden", "system / ArrayList");
    if (at < 2) heap.edge(waiting, "internal", "1", modules[at + 1] as DrawnNode);
    heap.edge(module, "hidden", 11, waiting);
  }
  const context = heap.node("object", "system / Context");
  heap.edge(context, "hidden", 0, modules[0] as DrawnNode);
  const ran = heap.node("closure", "");
  heap.edge(ran, "internal", "context", context);
  heap.edge(ran, "internal", "code", heap.node("code", "(CallAsyncModuleFulfilled builtin code)"));
  const reaction = heap.node("hidden", "system / PromiseReaction");
  heap.edge(reaction, "hidden", 2, ran);
  heap.edge(awaiting.result, "internal", "reactions_or_result", reaction);
  const code = promises.code("load");
  for (const one of imports) promises.call(code, one);
  expect(continuationsOf(heap, awaiting.result)).toEqual([
    ["engine", -1, imports[0]?.row],
    ["engine", -1, imports[2]?.row],
  ]);
});

test("a generator is told by its registers", () => {
  const { heap, promises } = draw();
  const { generator } = promises.call(promises.code("f"));
  const other = heap.object("Generator");
  const graph = readGraph(heap);
  expect(isGenerator(graph, generator.row as NodeRow)).toBe(true);
  expect(isGenerator(graph, other.row as NodeRow)).toBe(false);
});
