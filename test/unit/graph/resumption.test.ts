import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgeTarget, type NodeRow } from "../../../extension/graph/heapGraph.ts";
import { pendingPromisesOf } from "../../../extension/graph/pendingPromises.ts";
import { resumptionOf } from "../../../extension/graph/resumption.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import {
  type DrawnCall,
  type DrawnPromises,
  drawPromises,
  promiseLayouts,
} from "../../build/promiseDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

const draw = () => {
  const heap = drawHeap();
  return { heap, promises: drawPromises(heap) };
};

function read(heap: HeapDrawing) {
  const graph = readGraph(heap);
  const promises = pendingPromisesOf(graph);
  const resumption = resumptionOf(graph, promises);
  const numberOf = ({ row }: DrawnNode) => promises.numberOf(row as NodeRow);
  return {
    settledBy: (promise: DrawnNode) => resumption.settledBy(numberOf(promise)),
    canResume: ({ generator }: DrawnCall) => resumption.canResume(generator.row as NodeRow),
    /** Rows from the first node behind the root to the one that settles the promise. */
    path: (promise: DrawnNode) =>
      resumption.pathToSettler(numberOf(promise)).map((edge) => Number(edgeTarget(graph, edge))),
  };
}

/** A local variable of a suspended function. */
function keep(heap: HeapDrawing, { generator }: DrawnCall, held: DrawnNode): void {
  const registers = heap.node("array", "");
  heap.edge(generator, "internal", "context", registers);
  heap.edge(registers, "internal", "0", held);
}

describe.each(promiseLayouts)("promises of %s, context slot %s", (layout, slot) => {
  test("a promise whose resolve function the program reaches is settled by it, and resumes what waits", () => {
    const heap = drawHeap();
    const promises = drawPromises(heap, layout, slot);
    const awaited = promises.promise();
    const resolver = promises.resolver(awaited);
    const queue = heap.object("Queue", { first: resolver });
    heap.hold("queue", queue);
    const inner = promises.call(promises.code("inner"), awaited);
    const outer = promises.call(promises.code("outer"), inner.result);
    const { settledBy, canResume, path } = read(heap);
    expect([settledBy(awaited), settledBy(inner.result)]).toEqual(["program", "program"]);
    expect([canResume(inner), canResume(outer)]).toEqual([true, true]);
    expect(path(awaited)).toEqual([heap.globals.row, queue.row, resolver.row]);
  });

  test("a promise that is only kept is settled by nothing, and neither is what follows from it", () => {
    const heap = drawHeap();
    const promises = drawPromises(heap, layout, slot);
    const lost = promises.promise();
    heap.hold("lost", lost);
    const inner = promises.call(promises.code("inner"), lost);
    const parsed = promises.then(inner.result, promises.code("parse"));
    const outer = promises.call(promises.code("outer"), parsed);
    const { settledBy, canResume, path } = read(heap);
    expect(settledBy(lost)).toBe("nothing");
    expect(path(lost)).toEqual([]);
    // These would be, if the first function went on.
    expect([settledBy(inner.result), settledBy(parsed)]).toEqual(
      Array(2).fill("suspended functions"),
    );
    expect([canResume(inner), canResume(outer)]).toEqual([false, false]);
  });
});

test("what only a function that waits for ever could settle is settled by suspended functions", () => {
  const { heap, promises } = draw();
  const [never, wanted] = [promises.promise(), promises.promise()];
  heap.hold("never", never);
  const holder = promises.call(promises.code("holder"), never);
  const resolver = promises.resolver(wanted);
  const lock = heap.object("Lock", { release: resolver });
  keep(heap, holder, lock);
  const wants = promises.call(promises.code("wants"), wanted);
  heap.hold("wanted", wanted);
  const { settledBy, canResume, path } = read(heap);
  expect(settledBy(wanted)).toBe("suspended functions");
  expect(canResume(wants)).toBe(false);
  expect(path(wanted).slice(-2)).toEqual([lock.row, resolver.row]);
});

test("a function that will go on settles what it holds", () => {
  const { heap, promises } = draw();
  const [timer, wanted] = [promises.promise(), promises.promise()];
  heap.hold("timer", promises.resolver(timer));
  const holder = promises.call(promises.code("holder"), timer);
  keep(heap, holder, promises.resolver(wanted));
  const wants = promises.call(promises.code("wants"), wanted);
  heap.hold("wanted", wanted);
  const { settledBy, canResume } = read(heap);
  expect(settledBy(wanted)).toBe("program");
  expect(canResume(wants)).toBe(true);
});

test("what a function that can't go on holds is not reached through its generator, whoever has that", () => {
  const { heap, promises } = draw();
  const [never, wanted] = [promises.promise(), promises.promise()];
  const holder = promises.generator(promises.code("rows"), 1, never);
  heap.hold("rows", holder.generator);
  heap.hold("never", never);
  heap.hold("wanted", wanted);
  const registers = heap.node("array", "");
  heap.edge(holder.generator, "internal", "context", registers);
  heap.edge(registers, "internal", "0", promises.resolver(wanted));
  const wants = promises.call(promises.code("wants"), wanted);
  const { settledBy, canResume } = read(heap);
  expect(settledBy(wanted)).toBe("suspended functions");
  expect(canResume(wants)).toBe(false);
});

describe("a promise is settled", () => {
  const settledByHolder = (drawHolder: (heap: HeapDrawing, promise: DrawnNode) => DrawnNode) => {
    const { heap, promises } = draw();
    const promise = promises.promise();
    promises.call(promises.code("f"), promise);
    heap.hold("holder", drawHolder(heap, promise));
    return read(heap).settledBy(promise);
  };

  test.each(["native", "synthetic"])("by a node of native code (%s) that has it", (type) => {
    expect(
      settledByHolder((heap, promise) => {
        const native = heap.node(type, "Node / FSReqPromise");
        heap.edge(native, "internal", "promise", promise);
        return native;
      }),
    ).toBe("program");
  });

  test("by an object that stands for native code and has it as a property", () => {
    expect(
      settledByHolder((heap, promise) => {
        const wrapper = heap.object("FSReqPromise", { promise });
        heap.edge(wrapper, "internal", "javascript_to_native", heap.node("native", "Node / A"));
        return wrapper;
      }),
    ).toBe("program");
  });

  test("by a job that V8 will run", () => {
    expect(
      settledByHolder((heap, promise) => {
        const job = heap.node("hidden", "system / PromiseResolveThenableJobTask");
        heap.edge(job, "hidden", 2, promise);
        return job;
      }),
    ).toBe("program");
  });

  test("by Atomics.notify, which any thread can call", () => {
    const { heap, promises } = draw();
    const promise = promises.promise();
    const waiting = promises.call(promises.code("f"), promise);
    const context = heap.node("hidden", "system / NativeContext / file:///app");
    const table = heap.node("array", "");
    heap.edge(heap.root, "element", 2, context);
    heap.edge(context, "internal", "atomics_waitasync_promises", table);
    heap.edge(table, "internal", "5", promise);
    expect(read(heap).settledBy(promise)).toBe("program");
    expect(read(heap).canResume(waiting)).toBe(true);
  });

  const onlyKept: Readonly<Record<string, (heap: HeapDrawing, promise: DrawnNode) => DrawnNode>> = {
    "a property": (heap, promise) => heap.object("Owner", { promise }),
    "a variable": (heap, promise) => heap.scope({ promise }),
    "an element of an array": (heap, promise) => {
      const array = heap.object("Array");
      heap.edge(array, "element", 0, promise);
      return array;
    },
    "a table of a Map": (heap, promise) => {
      const [map, table] = [heap.object("Map"), heap.node("array", "")];
      heap.edge(map, "internal", "table", table);
      heap.edge(table, "internal", "7", promise);
      return map;
    },
    "the properties of an object": (heap, promise) => {
      const array = heap.node("hidden", "system / PropertyArray");
      heap.edge(array, "hidden", 3, promise);
      return array;
    },
    "an exported variable": (heap, promise) => {
      const cell = heap.node("hidden", "system / Cell");
      heap.edge(cell, "hidden", 0, promise);
      return cell;
    },
    "a weak reference": (heap, promise) => {
      const reference = heap.object("WeakRef");
      heap.edge(reference, "weak", "target", promise);
      return reference;
    },
    "a weak handle of native code": (heap, promise) => {
      const handles = heap.node("synthetic", "(Global handles)");
      heap.edge(handles, "weak", "7", promise);
      return handles;
    },
    "an argument of a bound function": (heap, promise) => {
      const bound = heap.node("closure", "native_bind");
      heap.edge(bound, "shortcut", "bound_argument_0", promise);
      return bound;
    },
  };

  test.each(Object.keys(onlyKept))("by nothing that only keeps it: %s", (name) => {
    expect(settledByHolder((heap, promise) => onlyKept[name]?.(heap, promise) as DrawnNode)).toBe(
      "nothing",
    );
  });
});

describe("on random promises", () => {
  /** What somebody holds: a promise, or the function that settles it. */
  interface Held {
    readonly by: "program" | number;
    readonly promise: number;
    readonly canSettle: boolean;
  }

  /** Promise number `at` is made by step `at`; what a step waits for may be a later one: circles are allowed. */
  interface Step {
    readonly what: "promise" | "call" | "then" | "all" | "race";
    readonly of: readonly number[];
  }

  const arbitrary = fc.record({
    steps: fc.array(
      fc.record({
        what: fc.constantFrom<Step["what"]>(
          "promise",
          "promise",
          "call",
          "call",
          "then",
          "all",
          "race",
        ),
        of: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    held: fc.array(fc.record({ by: fc.nat(30), promise: fc.nat(), canSettle: fc.boolean() }), {
      maxLength: 8,
    }),
  });

  /** The whole numbers of the arbitrary, brought into range. Combinators and `then` follow earlier promises only. */
  function programOf(value: {
    steps: readonly Step[];
    held: readonly { by: number; promise: number; canSettle: boolean }[];
  }) {
    const steps = value.steps.map(({ what, of }, at): Step => {
      if (what === "call") return { what, of: [(of[0] ?? 0) % value.steps.length] };
      if (what === "promise" || at === 0) return { what: "promise", of: [] };
      return {
        what,
        of: [...new Set(of.map((one) => one % at))].slice(0, what === "then" ? 1 : 2),
      };
    });
    const calls = steps.flatMap(({ what }, at) => (what === "call" ? [at] : []));
    const held = value.held.map(
      ({ by, promise, canSettle }): Held => ({
        by: calls.length === 0 || by < 12 ? "program" : (calls[by % calls.length] ?? 0),
        promise: promise % steps.length,
        canSettle,
      }),
    );
    return { steps, held };
  }

  /** Runs the rules over and over until nothing changes: slow and obviously right. */
  function fixpoint(
    { steps, held }: ReturnType<typeof programOf>,
    goesOn: (step: number) => boolean,
  ) {
    const settled = new Set<number>();
    const resumed = new Set(steps.flatMap((_, at) => (goesOn(at) ? [at] : [])));
    const follows = ({ what, of }: Step, at: number) =>
      what === "call" ? resumed.has(at) : what !== "promise" && of.some((one) => settled.has(one));
    for (let before = -1; before !== settled.size + resumed.size; ) {
      before = settled.size + resumed.size;
      for (const { by, promise, canSettle } of held)
        if (canSettle && (by === "program" || resumed.has(by))) settled.add(promise);
      for (const [at, step] of steps.entries()) {
        if (step.what === "call" && settled.has(step.of[0] ?? -1)) resumed.add(at);
        if (follows(step, at)) settled.add(at);
      }
    }
    return { settled, resumed };
  }

  function drawProgram(
    { steps, held }: ReturnType<typeof programOf>,
    heap: HeapDrawing,
    draw: DrawnPromises,
  ) {
    const promises: DrawnNode[] = [];
    const calls = new Map<number, DrawnCall>();
    for (const [at, { what, of }] of steps.entries()) {
      const members = of.flatMap((one) => promises[one] ?? []);
      if (what === "promise") promises.push(draw.promise());
      else if (what === "call") {
        const call = draw.call(draw.code(`f${at}`));
        calls.set(at, call);
        promises.push(call.result);
      } else if (what === "then") promises.push(draw.then(members[0] as DrawnNode, draw.code("g")));
      else promises.push(draw.combine(what, members));
    }
    for (const [at, call] of calls)
      draw.await(promises[steps[at]?.of[0] ?? 0] as DrawnNode, call.generator);
    for (const { by, promise, canSettle } of held) {
      const drawn = promises[promise] as DrawnNode;
      const what = canSettle ? draw.resolver(drawn) : drawn;
      if (by === "program") heap.hold(`holder${promise}`, what);
      else keep(heap, calls.get(by) as DrawnCall, what);
    }
    // Kept, so that none is garbage: to keep a promise settles nothing.
    for (const [at, promise] of promises.entries()) heap.hold(`promise${at}`, promise);
    return { promises, calls };
  }

  test("who can go on, and by whom, is what the rules say when they are run until nothing changes", () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const program = programOf(value);
        const heap = drawHeap();
        const { promises, calls } = drawProgram(program, heap, drawPromises(heap));
        const first = fixpoint(program, () => false);
        const stuck = (at: number) => program.steps[at]?.what === "call" && !first.resumed.has(at);
        const second = fixpoint(program, stuck);
        const { settledBy, canResume } = read(heap);
        const awaited = new Set(
          program.steps.flatMap(({ what, of }) => (what === "promise" ? [] : of)),
        );
        for (const [at, call] of calls) expect(canResume(call)).toBe(first.resumed.has(at));
        for (const at of awaited) {
          const expected = first.settled.has(at)
            ? "program"
            : second.settled.has(at)
              ? "suspended functions"
              : "nothing";
          expect(settledBy(promises[at] as DrawnNode)).toBe(expected);
        }
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

test("thirty thousand functions that wait for each other in a row are gone through without recursion", () => {
  const { heap, promises } = draw();
  const code = promises.code("step");
  const first = promises.promise();
  heap.hold("wake", promises.resolver(first));
  let call = promises.call(code, first);
  for (let at = 1; at < 30_000; at++) call = promises.call(code, call.result);
  expect(read(heap).canResume(call)).toBe(true);
});
