import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AsyncGroup,
  type AsyncGroups,
  asyncGroupsOf,
} from "../../../extension/graph/asyncStacks.ts";
import { type NodeRow, nodeName } from "../../../extension/graph/heapGraph.ts";
import { pendingPromisesOf } from "../../../extension/graph/pendingPromises.ts";
import { resumptionOf } from "../../../extension/graph/resumption.ts";
import { createWakers } from "../../../extension/graph/waker.ts";
import { arbitraryPromises, type DrawnProgram } from "../../build/arbitraryPromises.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { type DrawnPromises, drawPromises, promiseLayouts } from "../../build/promiseDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

const draw = () => {
  const heap = drawHeap();
  return { heap, promises: drawPromises(heap) };
};

/** A promise that the program can settle: a variable has its `resolve` function. */
function heldPromise(heap: HeapDrawing, promises: DrawnPromises, name = "wake"): DrawnNode {
  const promise = promises.promise();
  heap.hold(name, promises.resolver(promise));
  return promise;
}

/** `2 × inner < outer`, with what the stacks wait for; the numbers of one stack each are checked besides. */
function read(heap: HeapDrawing) {
  const graph = readGraph(heap);
  const promises = pendingPromisesOf(graph);
  const resumption = resumptionOf(graph, promises);
  const found = asyncGroupsOf(graph, promises, resumption, createWakers(graph, resumption));
  const nameOf = (closure: NodeRow | null) =>
    closure === null ? "" : ` ${nodeName(graph, closure)}`;
  const shown = found.groups.map((group) => {
    const frames = group.frames.map(({ kind, closure, repeated }) =>
      `${kind}${nameOf(closure)}${repeated > 1 ? ` ${repeated} times` : ""}`.replace(/^await /, ""),
    );
    return `${group.count} × ${frames.join(" < ")}`;
  });
  return {
    found,
    nameOf,
    shown: shown.toSorted(),
    rowsOf: (group: AsyncGroup) => rowsOf(found, group),
  };
}

const rowsOf = (found: AsyncGroups, group: AsyncGroup) =>
  [...found.stacksOf(group)].map((rows) => rows.map(Number));

const groupsIn = (heap: HeapDrawing): readonly string[] => {
  const { found, shown } = read(heap);
  for (const group of found.groups) {
    const stacks = rowsOf(found, group);
    const frames = group.frames.reduce((sum, { repeated }) => sum + repeated, 0);
    expect(stacks, "as many stacks as the group counts").toHaveLength(group.count);
    expect(new Set(stacks.map((rows) => rows.join())).size).toBe(group.count);
    for (const rows of stacks) expect(rows).toHaveLength(frames);
  }
  return shown;
};

test.each(promiseLayouts)(
  "a stack is those that await each other (%s, slot %s)",
  (layout, slot) => {
    const heap = drawHeap();
    const promises = drawPromises(heap, layout, slot);
    const awaited = heldPromise(heap, promises);
    const query = promises.call(promises.code("query"), awaited);
    const load = promises.call(
      promises.code("load"),
      promises.then(query.result, promises.code("parse")),
    );
    promises.call(promises.code("handle"), load.result);
    expect(groupsIn(heap)).toEqual(["1 × query < then parse < load < handle"]);
  },
);

test("calls of the same functions are one group, whoever made them", () => {
  const { heap, promises } = draw();
  const [query, load] = [promises.code("query"), promises.code("load")];
  for (let at = 0; at < 5; at++) {
    const awaited = promises.promise();
    heap.hold("wake", promises.resolver(awaited));
    promises.call(load, promises.call(query, awaited).result);
  }
  const { found, rowsOf } = read(heap);
  const [group] = found.groups as [AsyncGroup];
  expect(groupsIn(heap)).toEqual(["5 × query < load"]);
  expect(group.sources).toHaveLength(5);
  expect(rowsOf(group)).toEqual(
    group.frames[0]?.waiting.map((row, at) => [row, group.frames[1]?.waiting[at]]),
  );
});

test("what waits for the same promise on different ways is told apart, and counted by itself", () => {
  const { heap, promises } = draw();
  const connecting = promises.call(promises.code("connect"), heldPromise(heap, promises)).result;
  const query = promises.code("query");
  promises.call(query, connecting);
  const callers = { list: 7, count: 4 };
  for (const [name, times] of Object.entries(callers)) {
    const code = promises.code(name);
    for (let at = 0; at < times; at++) promises.call(code, promises.call(query, connecting).result);
  }
  expect(groupsIn(heap)).toEqual([
    "1 × connect < query",
    "4 × connect < query < count",
    "7 × connect < query < list",
  ]);
});

test("a function that awaits itself is one frame", () => {
  const { heap, promises } = draw();
  const walk = promises.code("walk");
  for (let call = 0; call < 2; call++) {
    let awaited = heldPromise(heap, promises);
    for (let depth = 0; depth < 30; depth++) awaited = promises.call(walk, awaited).result;
    promises.call(promises.code("main"), awaited);
  }
  expect(groupsIn(heap)).toEqual(["1 × walk 30 times < main", "1 × walk 30 times < main"]);
});

test("a promise that only passes on what becomes of another one is no frame", () => {
  const { heap, promises } = draw();
  const [first, second] = [heldPromise(heap, promises), promises.promise()];
  promises.adopt(first, second);
  promises.call(promises.code("main"), promises.pass(second));
  expect(groupsIn(heap)).toEqual(["1 × main"]);
});

test("members of several promises stand below them; a race is told by each of its members", () => {
  const { heap, promises } = draw();
  const part = promises.code("part");
  const parts = Array.from({ length: 3 }, () => promises.call(part, heldPromise(heap, promises)));
  const all = promises.combine(
    "all",
    parts.slice(0, 2).map(({ result }) => result),
  );
  const late = heldPromise(heap, promises, "timer");
  promises.call(promises.code("main"), promises.combine("race", [all, late]));
  expect(groupsIn(heap)).toEqual([
    "1 × Promise.race < main",
    "1 × part",
    "2 × part < Promise.all < Promise.race < main",
  ]);
});

test("a bound callback is the function that it was bound to", () => {
  const { heap, promises } = draw();
  const bound = heap.node("closure", "native_bind");
  heap.edge(bound, "internal", "bound_function", promises.code("parse"));
  promises.call(promises.code("main"), promises.then(heldPromise(heap, promises), bound));
  expect(groupsIn(heap)).toEqual(["1 × then parse < main"]);
});

test("two ways to the same function are one stack, where most functions are", () => {
  const { heap, promises } = draw();
  const [part, main] = [promises.code("part"), promises.code("main")];
  const parts = Array.from({ length: 3 }, () => promises.call(part, heldPromise(heap, promises)));
  const [first, second, third] = parts.map(({ result }) => result) as [
    DrawnNode,
    DrawnNode,
    DrawnNode,
  ];
  promises.call(main, promises.combine("all", [first, second]));
  const all = promises.combine("all", [third]);
  for (let at = 0; at < 3; at++) promises.call(main, all);
  expect(groupsIn(heap)).toEqual(["4 × part < Promise.all < main"]);
});

test("an async generator stands between what it awaits and each of those that wait for its values", () => {
  const { heap, promises } = draw();
  const { results } = promises.generator(promises.code("rows"), 2, heldPromise(heap, promises));
  promises.call(promises.code("sum"), results[0]);
  promises.call(promises.code("print"), results[1]);
  expect(groupsIn(heap)).toEqual(["1 × rows < print", "1 × rows < sum"]);
});

test("of more ways than are told apart the rest is one group that says so", () => {
  const { heap, promises } = draw();
  const connecting = promises.call(promises.code("connect"), heldPromise(heap, promises)).result;
  for (let at = 0; at < 40; at++) promises.call(promises.code(`caller${at}`), connecting);
  const { found } = read(heap);
  expect(found.groups).toHaveLength(16);
  expect(found.groups.filter(({ hasMore }) => hasMore)).toHaveLength(1);
  expect(found.groups.find(({ hasMore }) => hasMore)?.frames).toHaveLength(1);
  expect(found.groups.every(({ count }) => count === 1)).toBe(true);
});

test("a chain of a hundred thousand promises is no deeper than any other", () => {
  const { heap, promises } = draw();
  const step = promises.code("step");
  let awaited = heldPromise(heap, promises);
  for (let at = 0; at < 100_000; at++) awaited = promises.then(awaited, step);
  promises.call(promises.code("main"), awaited);
  const { found, rowsOf } = read(heap);
  const [group] = found.groups as [AsyncGroup];
  expect(group.frames.map(({ kind, repeated }) => [kind, repeated])).toEqual([
    ["then", 100_000],
    ["await", 1],
  ]);
  expect(rowsOf(group)).toHaveLength(1);
  expect(rowsOf(group)[0]).toHaveLength(100_001);
});

test("thousands that wait for one promise that thousands wait for are counted, not multiplied", () => {
  const { heap, promises } = draw();
  const gate = promises.call(promises.code("open"), heldPromise(heap, promises)).result;
  const [enter, visit] = [promises.code("enter"), promises.code("visit")];
  for (let at = 0; at < 2000; at++) promises.call(visit, promises.call(enter, gate).result);
  expect(groupsIn(heap)).toEqual(["2000 × open < enter < visit"]);
});

describe("functions that wait for each other in a circle", () => {
  /** Draws calls that await each other's promises around, and keeps those. */
  function drawCircle(heap: HeapDrawing, promises: DrawnPromises, codes: readonly DrawnNode[]) {
    const calls = codes.map((code) => promises.call(code));
    for (const [at, { generator }] of calls.entries()) {
      const awaited = calls[(at + 1) % calls.length]?.result as DrawnNode;
      promises.await(awaited, generator);
      heap.hold(`promise${generator.row}`, awaited);
    }
    return calls;
  }

  test.each([1, 2, 3, 500])("%i of them", (length) => {
    const { heap, promises } = draw();
    const codes = Array.from({ length }, (_, at) => promises.code(`f${at}`));
    drawCircle(heap, promises, codes);
    const { found } = read(heap);
    const [group] = found.groups as [AsyncGroup];
    expect(found.groups).toHaveLength(1);
    expect(group).toMatchObject({ isCycle: true, settledBy: "nothing", count: 1, hasMore: false });
    // The innermost one is awaited by the one that stands before it in the source.
    expect(group.frames.map(({ closure }) => closure)).toEqual(
      [0, ...Array.from({ length: length - 1 }, (_, at) => length - 1 - at)].map(
        (at) => codes[at]?.row,
      ),
    );
    groupsIn(heap);
  });

  test("like circles are one group, wherever the heap has their beginning", () => {
    const { heap, promises } = draw();
    const [f, g, h] = ["f", "g", "h"].map(promises.code) as [DrawnNode, DrawnNode, DrawnNode];
    for (const codes of [
      [f, g, h],
      [g, h, f],
      [h, f, g],
    ])
      drawCircle(heap, promises, codes);
    drawCircle(heap, promises, [f, h, g]);
    expect(groupsIn(heap)).toEqual(["1 × f < g < h", "3 × f < h < g"]);
    const { found } = read(heap);
    for (const { frames } of found.groups) {
      for (const { waiting } of frames) expect(new Set(waiting).size).toBe(waiting.length);
    }
  });

  test("who waits for one of them stands outside, behind it", () => {
    const { heap, promises } = draw();
    const [f, g] = [promises.code("f"), promises.code("g")];
    const [first] = drawCircle(heap, promises, [f, g]);
    const outside = promises.call(promises.code("outside"), first?.result);
    promises.call(promises.code("further"), outside.result);
    expect(groupsIn(heap)).toEqual(["1 × f < g", "1 × f < outside < further"]);
    const group = read(heap).found.groups.find(({ isCycle }) => !isCycle);
    expect(group).toMatchObject({
      settledBy: "suspended functions",
      waker: { kind: "suspended function" },
    });
  });

  test("a circle that a race with something else opens is none", () => {
    const { heap, promises } = draw();
    const [f, g] = [promises.call(promises.code("f")), promises.call(promises.code("g"))];
    promises.await(f.result, g.generator);
    const late = heldPromise(heap, promises);
    promises.await(promises.combine("race", [g.result, late]), f.generator);
    const { found, shown } = read(heap);
    expect(shown).toEqual(["1 × Promise.race < f < g < Promise.race"]);
    expect(found.groups).toMatchObject([{ isCycle: false, settledBy: "program" }]);
  });

  test("a circle one of whose promises the program can settle is shown, but not as a deadlock", () => {
    const { heap, promises } = draw();
    const [first] = drawCircle(heap, promises, [promises.code("f"), promises.code("g")]);
    heap.hold("wake", promises.resolver(first?.result as DrawnNode));
    promises.call(promises.code("outside"), first?.result);
    const { found } = read(heap);
    expect(found.groups.map(({ isCycle, settledBy }) => [isCycle, settledBy])).toEqual([
      [true, "program"],
      [false, "program"],
    ]);
    expect(found.groups[0]?.waker).toEqual({ kind: "object", label: "wake" });
  });

  test("one that nothing reaches from outside is found from each of its entries", () => {
    const { heap, promises } = draw();
    const [f, g] = [promises.code("f"), promises.code("g")];
    const both = promises.combine(
      "all",
      drawCircle(heap, promises, [f, g]).map(({ result }) => result),
    );
    promises.call(promises.code("outside"), both);
    expect(groupsIn(heap)).toEqual([
      "1 × f < Promise.all < outside",
      "1 × f < g",
      "1 × g < Promise.all < outside",
    ]);
  });
});

describe("by what a stack can go on", () => {
  const settledBy = (heap: HeapDrawing) =>
    Object.fromEntries(
      read(heap).found.groups.map(({ frames, settledBy }) => [
        frames.map(({ kind, closure }) => `${kind} ${closure ?? ""}`.trim()).join(" < "),
        settledBy,
      ]),
    );

  test("a promise that is only kept is settled by nothing", () => {
    const { heap, promises } = draw();
    const lost = promises.promise();
    heap.hold("lost", lost);
    const code = promises.code("f");
    promises.call(code, lost);
    expect(settledBy(heap)).toEqual({ [`await ${code.row}`]: "nothing" });
  });

  test("in a race with something that will come the lost member says nothing", () => {
    const { heap, promises } = draw();
    const lost = promises.promise();
    heap.hold("lost", lost);
    const code = promises.code("f");
    promises.call(code, promises.combine("race", [lost, heldPromise(heap, promises)]));
    expect(settledBy(heap)).toEqual({ [`Promise.race < await ${code.row}`]: "program" });
    expect(read(heap).found.groups).toHaveLength(1);
  });

  test("a function that waits for a lost promise inside of a race never goes on, whatever the race does", () => {
    const { heap, promises } = draw();
    const lost = promises.promise();
    heap.hold("lost", lost);
    const [inner, outer] = [promises.code("inner"), promises.code("outer")];
    const members = [promises.call(inner, lost).result, heldPromise(heap, promises)];
    promises.call(outer, promises.combine("race", members));
    expect(settledBy(heap)).toEqual({
      [`await ${inner.row} < Promise.race < await ${outer.row}`]: "nothing",
      [`Promise.race < await ${outer.row}`]: "program",
    });
  });

  test("a lost member of Promise.all is shown, although another one may still reject", () => {
    const { heap, promises } = draw();
    const lost = promises.promise();
    heap.hold("lost", lost);
    const code = promises.code("f");
    promises.call(code, promises.combine("all", [lost, heldPromise(heap, promises)]));
    const { found } = read(heap);
    expect(found.groups.map(({ settledBy, waker }) => [settledBy, waker.kind]).toSorted()).toEqual([
      ["program", "nothing"],
      ["program", "object"],
    ]);
  });
});

describe("on random promises", () => {
  interface Stack {
    readonly frames: readonly string[];
    readonly waiting: readonly (DrawnNode | null)[];
  }

  /** Every way from a promise outwards, one by one: slow and obviously right. */
  function* stacksAbove(program: DrawnProgram, promise: DrawnNode): Iterable<Stack> {
    for (const { frame, waiting, next } of program.continuations.get(promise) ?? []) {
      // That a promise which nobody waits for is a race, a heap doesn't say.
      const isShown =
        frame !== null && (frame !== "Promise.race" || program.continuations.has(next));
      const own = isShown ? { frames: [frame], waiting: [waiting] } : { frames: [], waiting: [] };
      const rests = program.continuations.has(next)
        ? [...stacksAbove(program, next)]
        : [{ frames: [], waiting: [] }];
      for (const rest of rests)
        yield {
          frames: [...own.frames, ...rest.frames],
          waiting: [...own.waiting, ...rest.waiting],
        };
    }
  }

  /** For each shape of stack the number of functions at the place that has most of them. */
  function expectedGroups(program: DrawnProgram): ReadonlyMap<string, number> {
    const { continuations, promises } = program;
    const decided = new Set([...continuations.values()].flat().map(({ next }) => next));
    const byShape = new Map<string, Stack[]>();
    for (const promise of promises) {
      if (decided.has(promise)) continue;
      for (const stack of stacksAbove(program, promise)) {
        const shape = stack.frames.join(" < ");
        if (shape !== "") byShape.set(shape, [...(byShape.get(shape) ?? []), stack]);
      }
    }
    return new Map(
      [...byShape].map(([shape, stacks]) => {
        const places = (stacks[0] as Stack).frames.map(
          (_, place) => new Set(stacks.flatMap(({ waiting }) => waiting[place] ?? [])).size,
        );
        return [shape, Math.max(1, ...places)];
      }),
    );
  }

  test("the groups are all shapes of stacks that there are, each with its number of stacks", () => {
    fc.assert(
      fc.property(arbitraryPromises, (program) => {
        const expected = expectedGroups(program);
        const { found, nameOf } = read(program.heap);
        fc.pre(found.groups.every(({ hasMore }) => !hasMore));
        const shapes = found.groups.map(({ frames, count }) => {
          const names = frames.flatMap(({ kind, closure, repeated }) =>
            Array<string>(repeated).fill(`${kind}${nameOf(closure)}`.replace(/^await /, "")),
          );
          return [names.join(" < "), count] as const;
        });
        expect(new Map(shapes)).toEqual(expected);
        for (const group of found.groups) expect(rowsOf(found, group)).toHaveLength(group.count);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
