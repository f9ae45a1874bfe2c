import { describe, expect, test } from "vitest";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import { pendingPromisesOf } from "../../../extension/graph/pendingPromises.ts";
import { resumptionOf } from "../../../extension/graph/resumption.ts";
import { createWakers } from "../../../extension/graph/waker.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { drawPromises } from "../../build/promiseDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";

/** A heap with the classes and functions of a program and of Node. */
function draw() {
  const heap = drawHeap();
  const promises = drawPromises(heap);
  const scripts = new Map<string, DrawnNode>();
  const prototypes = new Map<string, DrawnNode>();
  let line = 0;

  const functionIn = (file: string, name: string, scope?: DrawnNode): DrawnNode => {
    const script = scripts.get(file) ?? heap.script(file);
    scripts.set(file, script);
    const scriptId = 10 + [...scripts.keys()].indexOf(file);
    const place = { scriptId, line: line++, column: 0 };
    return heap.closure(name, script, scope ? { place, scope } : { place });
  };
  /** An object of a class that the file defines; without one of a class of native code. */
  const instance = (
    className: string,
    file: string | null,
    properties: Readonly<Record<string, DrawnNode>> = {},
  ): DrawnNode => {
    const drawn = heap.object(className, properties);
    let prototype = prototypes.get(`${file} ${className}`);
    if (prototype === undefined) {
      prototype = heap.object(className);
      const maker = file === null ? heap.node("closure", className) : functionIn(file, className);
      if (file === null) {
        const code = heap.node("code", "(HandleApiCallOrConstruct builtin code)");
        heap.edge(maker, "internal", "code", code);
      }
      heap.edge(prototype, "property", "constructor", maker);
      prototypes.set(`${file} ${className}`, prototype);
    }
    heap.edge(drawn, "property", "__proto__", prototype);
    return drawn;
  };
  const array = (...elements: readonly DrawnNode[]): DrawnNode => {
    const drawn = heap.object("Array");
    for (const [at, element] of elements.entries()) heap.edge(drawn, "element", at, element);
    return drawn;
  };
  /** An emitter with a listener for each event. */
  const emitter = (
    className: string,
    file: string,
    listeners: Readonly<Record<string, DrawnNode>>,
    properties: Readonly<Record<string, DrawnNode>> = {},
  ) => instance(className, file, { ...properties, _events: heap.object("Object", listeners) });
  /** `new Promise((resolve, reject) => …)` in a function of the program that awaits it. */
  const promise = promises.promise();
  const context = heap.node("object", "system / Context");
  heap.edge(context, "hidden", 1, promise);
  const settler = (name: string): DrawnNode => {
    const drawn = heap.node("closure", "");
    heap.edge(drawn, "internal", "context", context);
    heap.edge(drawn, "internal", "code", heap.node("code", `(${name} builtin code)`));
    return drawn;
  };
  const resolve = settler("PromiseCapabilityDefaultResolve");
  const reject = settler("PromiseCapabilityDefaultReject");
  promises.call(promises.code("f"), promise);
  const scope = heap.scope({ resolve, reject });
  return { heap, promises, functionIn, instance, array, emitter, promise, resolve, reject, scope };
}

function wakerOf(heap: HeapDrawing, promise: DrawnNode) {
  const graph = readGraph(heap);
  const pending = pendingPromisesOf(graph);
  const wakers = createWakers(graph, resumptionOf(graph, pending));
  const { kind, label } = wakers(pending.numberOf(promise.row as NodeRow));
  return [kind, label];
}

const app = "/app/main.js";

describe("queues and objects of the program", () => {
  test("an array of a class", () => {
    const { heap, instance, array, resolve, promise } = draw();
    heap.hold("lock", instance("Lock", app, { waiters: array(resolve) }));
    expect(wakerOf(heap, promise)).toEqual(["queue", "Lock.waiters[…]"]);
  });

  test("a Map whose values are records: what those call the function is no name", () => {
    const { heap, instance, resolve, promise } = draw();
    const [map, table] = [heap.object("Map"), heap.node("array", "")];
    heap.edge(map, "internal", "table", table);
    heap.edge(table, "internal", "5", heap.object("Object", { resolve }));
    heap.hold("client", instance("Client", app, { pending: map }));
    expect(wakerOf(heap, promise)).toEqual(["queue", "Client.pending[…]"]);
  });

  test("items of a class stand behind their queue, and what holds that is too far away", () => {
    const { heap, functionIn, instance, array, scope, promise } = draw();
    const callback = functionIn(app, "", scope);
    const item = instance("PendingItem", app, { callback });
    const pool = instance("Pool", app, { _pendingQueue: array(item) });
    heap.hold("server", instance("Server", app, { pool }));
    expect(wakerOf(heap, promise)).toEqual([
      "queue",
      "Pool._pendingQueue[…] → PendingItem.callback",
    ]);
  });

  test.each([1, 2, 40])("a linked list, wherever in it (%i)", (place) => {
    const { heap, instance, resolve, promise } = draw();
    let node = heap.object("Object", { resolve });
    for (let at = 1; at < place; at++) node = heap.object("Object", { next: node });
    heap.hold("lock", instance("Lock", app, { head: node }));
    expect(wakerOf(heap, promise)).toEqual(["object", "Lock.head"]);
  });

  test("a dictionary by name: its keys are data", () => {
    const { heap, instance, array, resolve, promise } = draw();
    const locks = heap.object("Object", {
      "row 7": heap.object("Object", { waiters: array(resolve) }),
    });
    heap.hold("table", instance("Table", app, { locks }));
    expect(wakerOf(heap, promise)).toEqual(["queue", "Table.locks → Object.waiters[…]"]);
  });

  test("a dictionary of queues, in a variable and by number", () => {
    const first = draw();
    const waiters = first.heap.object("Object", { waiters: first.array(first.resolve) });
    const locks = first.heap.object("Object", { "row 7": waiters });
    first.heap.hold("lock", first.functionIn(app, "lock", first.heap.scope({ locks })));
    expect(wakerOf(first.heap, first.promise)).toEqual(["queue", "locks → Object.waiters[…]"]);
    const second = draw();
    const byNumber = second.heap.object("Object", { 17: second.array(second.resolve) });
    second.heap.hold("table", second.instance("Table", app, { locks: byNumber }));
    expect(wakerOf(second.heap, second.promise)).toEqual(["queue", "Table.locks[…]"]);
  });

  test("a plain object with a queue is called what its variable is called", () => {
    const { heap, functionIn, array, resolve, promise } = draw();
    const state = heap.object("Object", { waiting: array(resolve) });
    heap.hold("enter", functionIn(app, "enter", heap.scope({ state })));
    expect(wakerOf(heap, promise)).toEqual(["queue", "state.waiting[…]"]);
  });

  test("a global array and a variable's array", () => {
    for (const isGlobal of [true, false]) {
      const { heap, functionIn, array, resolve, promise } = draw();
      if (isGlobal) heap.hold("gates", array(resolve));
      else heap.hold("open", functionIn(app, "open", heap.scope({ gates: array(resolve) })));
      expect(wakerOf(heap, promise)).toEqual(["queue", "gates[…]"]);
    }
  });

  test("a property of a class, a global variable and a variable of a function", () => {
    const first = draw();
    first.heap.hold("lazy", first.instance("Lazy", app, { open: first.resolve }));
    expect(wakerOf(first.heap, first.promise)).toEqual(["object", "Lazy.open"]);
    const second = draw();
    second.heap.hold("wake", second.resolve);
    expect(wakerOf(second.heap, second.promise)).toEqual(["object", "wake"]);
    const third = draw();
    const { functionIn, scope } = third;
    third.heap.hold(
      "go",
      functionIn(app, "go", third.heap.scope({ notify: functionIn(app, "", scope) })),
    );
    expect(wakerOf(third.heap, third.promise)).toEqual(["object", "notify"]);
  });

  test("among many functions a variable says more than any of them", () => {
    const { heap, functionIn, emitter, resolve, promise } = draw();
    const module = heap.scope({ wake: resolve });
    const functions = Array.from({ length: 20 }, (_, at) => functionIn(app, `f${at}`, module));
    for (const [at, one] of functions.entries()) heap.hold(`f${at}`, one);
    heap.hold("process", emitter("process", "node:process", { exit: functions[3] as DrawnNode }));
    expect(wakerOf(heap, promise)).toEqual(["object", "wake"]);
  });
});

describe("timers", () => {
  test.each([
    ["Timeout", "_onTimeout", "timer"],
    ["Immediate", "_onImmediate", "immediate"],
  ])("%s", (className, property, kind) => {
    for (const isDirect of [true, false]) {
      const { heap, functionIn, instance, resolve, scope, promise } = draw();
      const callback = isDirect ? resolve : functionIn(app, "", scope);
      heap.hold("timers", instance(className, "node:internal/timers", { [property]: callback }));
      expect(wakerOf(heap, promise)).toEqual([kind, ""]);
    }
  });

  test("a timer that only rejects is there in case that the event doesn't come", () => {
    const { heap, instance, emitter, resolve, reject, promise } = draw();
    heap.hold("timer", instance("Timeout", "node:internal/timers", { _onTimeout: reject }));
    const events = { message: resolve, error: reject };
    heap.hold("deep", heap.object("Object", { socket: emitter("Socket", "node:net", events) }));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"message" of Socket']);
  });
});

describe("listeners", () => {
  test("a function of the program, one of several, and one that is called once", () => {
    const { heap, functionIn, array, emitter, scope, promise } = draw();
    const listener = functionIn(app, "", scope);
    const wrapper = heap.node("closure", "native_bind");
    heap.edge(wrapper, "property", "listener", listener);
    const other = functionIn(app, "other");
    const socket = emitter("Market", app, { trade: array(other, wrapper) });
    heap.hold("market", socket);
    expect(wakerOf(heap, promise)).toEqual(["listener", '"trade" of Market']);
  });

  test("error, abort and close are there besides the event that is meant", () => {
    const events = ["error", "abort", "close", "data", "drain"];
    for (let more = 1; more <= events.length; more++) {
      const { heap, functionIn, emitter, scope, promise } = draw();
      const listeners = events
        .slice(0, more)
        .map((event) => [event, functionIn(app, event, scope)] as const);
      heap.hold("sink", emitter("Sink", app, Object.fromEntries(listeners)));
      const meant = ["error", "abort", "close", "close", "drain"][more - 1];
      expect(wakerOf(heap, promise)).toEqual(["listener", `"${meant}" of Sink`]);
    }
  });

  test("resolve itself is what is meant, also for an event that mostly isn't", () => {
    const { heap, functionIn, emitter, resolve, scope, promise } = draw();
    const listeners = { login: functionIn(app, "", scope), abort: resolve };
    heap.hold("socket", emitter("Socket", "node:net", listeners));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"abort" of Socket']);
  });

  test("reject itself is there in case that something goes wrong", () => {
    const { heap, functionIn, emitter, reject, scope, promise } = draw();
    const listeners = { timeout: reject, close: functionIn(app, "", scope) };
    heap.hold("socket", emitter("Socket", "node:net", listeners));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"close" of Socket']);
  });

  test("of events that are as likely it is always the same one", () => {
    for (const order of [
      ["apple", "zebra"],
      ["zebra", "apple"],
    ]) {
      const { heap, functionIn, emitter, scope, promise } = draw();
      const listeners = order.map((event) => [event, functionIn(app, event, scope)] as const);
      heap.hold("zoo", emitter("Zoo", app, Object.fromEntries(listeners)));
      expect(wakerOf(heap, promise)).toEqual(["listener", '"apple" of Zoo']);
    }
  });

  test("of a stream for one direction only the end of that one can come", () => {
    for (const [state, meant] of [
      ["_readableState", "end"],
      ["_writableState", "finish"],
    ] as const) {
      const { heap, functionIn, emitter, scope, promise } = draw();
      const listeners = { end: functionIn(app, "a", scope), finish: functionIn(app, "b", scope) };
      heap.hold("stream", emitter("Stream", app, listeners, { [state]: heap.object("State") }));
      expect(wakerOf(heap, promise)).toEqual(["listener", `"${meant}" of Stream`]);
    }
  });

  test("a function that is called by a listener's", () => {
    const { heap, functionIn, emitter, scope, promise } = draw();
    const callback = functionIn("node:internal/streams", "callback", scope);
    const wrapped = heap.scope({ callback });
    const ends = functionIn("node:internal/streams", "onend", wrapped);
    const fails = functionIn("node:internal/streams", "onerror", scope);
    heap.hold("source", emitter("Source", app, { error: fails, end: ends }));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"end" of Source']);
  });

  test("an event target's, also behind another one for the same event", () => {
    const { heap, instance, functionIn, scope, resolve, promise } = draw();
    const last = heap.object("Listener", {
      listener: functionIn(app, "", scope),
      callback: resolve,
    });
    const first = heap.object("Listener", { next: last, listener: functionIn(app, "other") });
    const [map, table] = [heap.object("Map"), heap.node("array", "")];
    heap.edge(map, "internal", "table", table);
    heap.edge(table, "internal", "4", heap.node("string", "order"));
    heap.edge(table, "internal", "5", heap.object("Object", { next: first }));
    heap.hold("desk", instance("Desk", app, { "<symbol kEvents>": map }));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"order" of Desk']);
  });

  test("what Node queues for an iterator of events is passed through", () => {
    const { heap, instance, functionIn, array, emitter, resolve, promise } = draw();
    const buffer = instance("FixedCircularBuffer", "node:internal/fixed_queue", {
      list: array(heap.object("Object", { resolve })),
    });
    const queue = instance("FixedQueue", "node:internal/fixed_queue", { tail: buffer });
    const listener = functionIn("node:events", "", heap.scope({ unconsumedPromises: queue }));
    heap.hold("market", emitter("Market", app, { trade: listener }));
    expect(wakerOf(heap, promise)).toEqual(["listener", '"trade" of Market']);
  });
});

describe("what belongs to Node", () => {
  test("an object of a class of its own is named by its class, the outermost one", () => {
    const { heap, instance, array, resolve, promise } = draw();
    const request = instance("ReadRequest", "node:internal/webstreams", {
      promise: heap.object("Object", { resolve }),
    });
    const state = heap.object("Object", { requests: array(request) });
    const stream = instance("ReadableStream", "node:internal/webstreams", { state });
    heap.hold("download", instance("Download", app, { stream }));
    expect(wakerOf(heap, promise)).toEqual(["object", "ReadableStream"]);
  });

  test("an emitter of Node is where it ends", () => {
    const { heap, emitter, functionIn, resolve, promise } = draw();
    const prompt = emitter("Interface", "node:readline", {}, { "[_questionResolve]": resolve });
    const onError = functionIn("node:readline", "onerror", heap.scope({ self: prompt }));
    heap.hold("input", emitter("Socket", "node:net", { error: onError }));
    expect(wakerOf(heap, promise)).toEqual(["object", "Interface"]);
  });

  test("packages inside of Node are passed through", () => {
    const { heap, emitter, resolve, promise } = draw();
    const client = emitter("Client", "node:internal/deps/undici/undici", {}, { queue: resolve });
    heap.hold("socket", emitter("Socket", "node:net", {}, { client }));
    expect(wakerOf(heap, promise)).toEqual(["object", "Socket"]);
  });

  test("what a package inside of Node holds alone is named by its class", () => {
    const { heap, instance, functionIn, resolve, promise } = draw();
    const agent = instance("Agent", "node:internal/deps/undici/undici", { pending: resolve });
    heap.hold("dispatcher", functionIn(app, "", heap.scope({ agent })));
    expect(wakerOf(heap, promise)).toEqual(["object", "Agent"]);
  });

  test("Atomics.waitAsync", () => {
    const { heap, promise } = draw();
    const context = heap.node("hidden", "system / NativeContext / file:///app");
    const table = heap.node("array", "");
    heap.edge(heap.root, "element", 2, context);
    heap.edge(context, "internal", "atomics_waitasync_promises", table);
    heap.edge(table, "internal", "5", promise);
    expect(wakerOf(heap, promise)).toEqual(["native", "Atomics.waitAsync"]);
  });

  test("native code by its class, or by nothing", () => {
    const first = draw();
    const request = first.instance("QueryReqWrap", null, { resolve: first.resolve });
    first.heap.edge(first.heap.root, "element", 3, request);
    expect(wakerOf(first.heap, first.promise)).toEqual(["native", "QueryReqWrap"]);
    const second = draw();
    const handles = second.heap.node("synthetic", "(Global handles)");
    second.heap.edge(second.heap.root, "element", 3, handles);
    second.heap.edge(handles, "internal", "7", second.promise);
    expect(wakerOf(second.heap, second.promise)).toEqual(["native", ""]);
  });

  test("a callback that the program gave to native code is native code's, not its variable's", () => {
    const { heap, instance, functionIn, scope, promise } = draw();
    const job = instance("ScryptJob", null, { ondone: functionIn(app, "", scope) });
    heap.edge(heap.root, "element", 3, job);
    expect(wakerOf(heap, promise)).toEqual(["native", "ScryptJob"]);
  });
});

test("what a suspended function has among its variables waits for that function", () => {
  const { heap, promises, resolve, promise } = draw();
  const timer = promises.promise();
  heap.hold("timer", promises.resolver(timer));
  const { generator } = promises.call(promises.code("holder"), timer);
  heap.edge(generator, "internal", "context", heap.scope({ resolve }));
  expect(wakerOf(heap, promise)).toEqual(["suspended function", ""]);
});

test("a promise that nothing settles has no waker", () => {
  const { heap, promise } = draw();
  heap.hold("promise", promise);
  expect(wakerOf(heap, promise)).toEqual(["nothing", ""]);
});
