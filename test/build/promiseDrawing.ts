import type { DrawnNode, HeapDrawing } from "./heapDrawing.ts";

/** Versions that number the fields of a reaction in the same way. */
export type PromiseLayout = "Node 20" | "Node 26";

/** What the first slot of the context of V8's own functions is: optimised code makes other ones. */
export type ContextSlot = "hidden" | "extension";

export const promiseLayouts: readonly (readonly [PromiseLayout, ContextSlot])[] = [
  ["Node 20", "hidden"],
  ["Node 20", "extension"],
  ["Node 26", "hidden"],
  ["Node 26", "extension"],
];

/** A call of an async function that stands at an `await`. */
export interface DrawnCall {
  readonly generator: DrawnNode;
  /** The promise that the call returned. */
  readonly result: DrawnNode;
}

export interface DrawnGenerator {
  readonly generator: DrawnNode;
  /** The promises of its `next()` calls, oldest first. */
  readonly results: readonly DrawnNode[];
}

export type Combinator = "all" | "allSettled" | "any" | "race";

/** Promises and what waits for them, as V8 has them. */
export interface DrawnPromises {
  /** A function of the program; each name is a line of its own. */
  readonly code: (name: string) => DrawnNode;
  readonly promise: (className?: string) => DrawnNode;
  /** A `resolve` function of the promise. */
  readonly resolver: (promise: DrawnNode) => DrawnNode;
  /** A call of the function that awaits a promise; nothing is awaited without one. */
  readonly call: (code: DrawnNode, awaited?: DrawnNode) => DrawnCall;
  /** A running async generator, or one that is paused when nothing was asked of it. */
  readonly generator: (code: DrawnNode, asked: number, awaited?: DrawnNode) => DrawnGenerator;
  /** Lets a suspended function wait for the promise. */
  readonly await: (promise: DrawnNode, generator: DrawnNode) => void;
  /** The promise that `then` returns. */
  readonly then: (promise: DrawnNode, onValue: DrawnNode) => DrawnNode;
  readonly catch: (promise: DrawnNode, onError: DrawnNode) => DrawnNode;
  readonly finally: (promise: DrawnNode, callback: DrawnNode) => DrawnNode;
  /** `then(undefined, undefined)`. */
  readonly pass: (promise: DrawnNode) => DrawnNode;
  readonly combine: (kind: Combinator, promises: readonly DrawnNode[]) => DrawnNode;
  /** Another promise was resolved with this one. */
  readonly adopt: (promise: DrawnNode, by: DrawnNode) => void;
}

/** Draws promises edge by edge, taken from snapshots of the versions. */
export function drawPromises(
  heap: HeapDrawing,
  layout: PromiseLayout = "Node 26",
  contextSlot: ContextSlot = "hidden",
): DrawnPromises {
  const script = heap.script("/app/main.js");
  const nativeContext = heap.node("hidden", "system / NativeContext");
  heap.edge(heap.root, "element", 1, nativeContext);
  const lastReaction = new Map<DrawnNode, DrawnNode>();
  const suffix = layout === "Node 20" ? "handle" : "code";
  let lines = 0;

  const code: DrawnPromises["code"] = (name) =>
    heap.closure(name, script, { place: { scriptId: 1, line: lines++, column: 0 } });
  const promise: DrawnPromises["promise"] = (className = "Promise") => heap.object(className);

  /** A context of V8's own with one thing in its first slot. */
  const context = (held: DrawnNode, index: number): DrawnNode => {
    const drawn = heap.node("object", "system / Context");
    heap.edge(drawn, "internal", "previous", nativeContext);
    if (contextSlot === "hidden") heap.edge(drawn, "hidden", index, held);
    else heap.edge(drawn, "internal", "extension", held);
    return drawn;
  };
  const builtin = (name: string, inContext: DrawnNode): DrawnNode => {
    const drawn = heap.node("closure", "");
    heap.edge(drawn, "internal", "context", inContext);
    heap.edge(drawn, "internal", "code", heap.node("code", `(${name} builtin ${suffix})`));
    return drawn;
  };
  const settlers = (settled: DrawnNode) => {
    const both = context(settled, 1);
    return [
      builtin("PromiseCapabilityDefaultReject", both),
      builtin("PromiseCapabilityDefaultResolve", both),
    ] as const;
  };
  const capability = (settled: DrawnNode): DrawnNode => {
    const drawn = heap.node("hidden", "system / PromiseCapability");
    heap.edge(drawn, "hidden", 0, settled);
    return drawn;
  };

  /** Fields: the next reaction, the two handlers, the promise of `then`. Older versions number objects only. */
  const react = (
    to: DrawnNode,
    onError: DrawnNode | null,
    onValue: DrawnNode | null,
    derived: DrawnNode | null,
  ) => {
    const reaction = heap.node("hidden", "system / PromiseReaction");
    const shift = layout === "Node 20" ? 0 : 1;
    for (const [at, field] of [onError, onValue, derived].entries())
      if (field !== null) heap.edge(reaction, "hidden", at + shift, field);
    const before = lastReaction.get(to);
    if (before) heap.edge(before, "hidden", 0, reaction);
    else heap.edge(to, "internal", "reactions_or_result", reaction);
    lastReaction.set(to, reaction);
  };

  const suspended = (name: string, of: DrawnNode): DrawnNode => {
    const drawn = heap.node("object", name);
    const registers = heap.node("array", "");
    heap.edge(drawn, "internal", "function", of);
    heap.edge(drawn, "internal", "parameters_and_registers", registers);
    heap.edge(registers, "internal", "0", drawn);
    return drawn;
  };
  const awaits: DrawnPromises["await"] = (awaited, generator) => {
    const both = context(generator, 0);
    const onError = builtin("AsyncFunctionAwaitRejectClosure", both);
    const onValue = builtin("AsyncFunctionAwaitResolveClosure", both);
    react(awaited, onError, onValue, null);
    // Kept for the next await.
    if (layout === "Node 26") {
      heap.edge(generator, "hidden", 4, onValue);
      heap.edge(generator, "hidden", 5, onError);
    }
  };

  return {
    code,
    promise,
    await: awaits,
    resolver: (settled) => settlers(settled)[1],
    call(of, awaited) {
      const generator = suspended("Generator", of);
      const result = promise();
      heap.edge(generator, "hidden", 3, result);
      if (awaited) awaits(awaited, generator);
      return { generator, result };
    },
    generator(of, asked, awaited) {
      const generator = suspended("rows", of);
      heap.edge(generator, "property", "__proto__", heap.object("AsyncGenerator"));
      const results = Array.from({ length: asked }, () => promise());
      let holder = generator;
      for (const result of results) {
        const request = heap.node("hidden", "system / AsyncGeneratorRequest");
        heap.edge(holder, "hidden", holder === generator ? 3 : 0, request);
        heap.edge(request, "hidden", 3, result);
        holder = request;
      }
      if (awaited) awaits(awaited, generator);
      return { generator, results };
    },
    // biome-ignore lint/suspicious/noThenProperty: It draws a call of it.
    then(to, onValue) {
      const derived = promise();
      react(to, null, onValue, derived);
      return derived;
    },
    catch(to, onError) {
      const derived = promise();
      react(to, onError, null, derived);
      return derived;
    },
    finally(to, callback) {
      const derived = promise();
      const both = context(callback, 1);
      react(to, builtin("PromiseCatchFinally", both), builtin("PromiseThenFinally", both), derived);
      return derived;
    },
    pass(to) {
      const derived = promise();
      react(to, null, null, derived);
      return derived;
    },
    combine(kind, promises) {
      const combined = promise();
      const [reject, resolve] = settlers(combined);
      const ofAll = context(capability(combined), 1);
      for (const one of promises) {
        switch (kind) {
          case "all":
            react(one, reject, builtin("PromiseAllResolveElementClosure", ofAll), null);
            break;
          case "allSettled":
            react(
              one,
              builtin("PromiseAllSettledRejectElementClosure", ofAll),
              builtin("PromiseAllSettledResolveElementClosure", ofAll),
              null,
            );
            break;
          case "any":
            react(one, builtin("PromiseAnyRejectElementClosure", ofAll), resolve, promise());
            break;
          case "race":
            react(one, reject, resolve, promise());
            break;
          default:
            throw new Error(kind satisfies never);
        }
      }
      return combined;
    },
    adopt(settled, by) {
      react(settled, ...settlers(by), null);
    },
  };
}
