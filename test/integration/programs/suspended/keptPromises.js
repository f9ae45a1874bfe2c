import { AsyncLocalStorage } from "node:async_hooks";
import { expectGroups, sourceOf } from "./program.js";

/** Promises that are kept in all sorts of places, none of which can settle them. */
const never = () => new Promise(() => {});

class Owner {
  field = never();
  #secret = never();
  static shared = never();

  secret() {
    return this.#secret;
  }
}

function keptInScope() {
  const promise = never();
  return () => promise;
}

/* keptInGenerator begins */ function* keptInGenerator() {
  const promise = never();
  yield promise; /* keptInGenerator */
  yield promise;
}

class Subclass extends Promise {}

const owner = new Owner();
const scope = keptInScope();
const generator = keptInGenerator();
const key = {};
const many = {};
for (let at = 0; at < 2000; at++) many[`key ${at}`] = at;
const storage = new AsyncLocalStorage();
const target = never();

/** What each place is called, and the promise in it. */
const places = {
  variable: never(),
  property: { promise: never() },
  element: [1, never()],
  sparse: Object.assign([], { 100_000: never() }),
  dictionary: Object.assign(many, { promise: never() }),
  map: new Map([["promise", never()]]),
  mapKey: new Map([[never(), 1]]),
  set: new Set([never()]),
  weakMap: new WeakMap([[key, never()]]),
  owner,
  secret: owner,
  shared: Owner,
  scope,
  generator,
  bound: ((promise) => promise).bind(null, never()),
  boundThis: function () {}.bind(never()),
  result: (async () => 1)().then(() => never()),
  arguments: (function () {
    return arguments;
  })(never()),
  cause: new Error("with a promise", { cause: never() }),
  getter: Object.defineProperty({}, "promise", { value: never() }),
  proxy: new Proxy(never(), {}),
  weakRef: new WeakRef(target),
  subclass: new Subclass(() => {}),
  symbol: { [Symbol("promise")]: never() },
  frozen: Object.freeze([never()]),
  date: Object.assign(new Date(), { promise: never() }),
  bytes: Object.assign(new Uint8Array(1), { promise: never() }),
  regExp: Object.assign(/x/, { promise: never() }),
  registry: new FinalizationRegistry(() => {}),
};
places.registry.register(places, never());

const promises = {
  variable: places.variable,
  property: places.property.promise,
  element: places.element[1],
  sparse: places.sparse[100_000],
  dictionary: places.dictionary.promise,
  map: places.map.get("promise"),
  mapKey: [...places.mapKey.keys()][0],
  set: [...places.set][0],
  weakMap: places.weakMap.get(key),
  owner: owner.field,
  secret: owner.secret(),
  shared: Owner.shared,
  scope: scope(),
  generator: generator.next().value,
  bound: places.bound(),
  arguments: places.arguments[0],
  cause: places.cause.cause,
  getter: places.getter.promise,
  subclass: places.subclass,
  symbol: places.symbol[Object.getOwnPropertySymbols(places.symbol)[0]],
  frozen: places.frozen[0],
  date: places.date.promise,
  bytes: places.bytes.promise,
  regExp: places.regExp.promise,
  weakRef: target,
};

/* waits begins */ async function waits(promise) {
  await promise; /* waits */
}

for (const promise of Object.values(promises)) void waits(promise);
storage.run(promises, () => void waits(places.variable));
Object.assign(globalThis, { places, key, target });

const { awaiting, yielding } = sourceOf(import.meta.url);
const waiting = Object.keys(promises).length + 1;
expectGroups([
  {
    frames: [awaiting("waits", { waiting })],
    count: waiting,
    waitsFor: ["nothing", ""],
    settledBy: "nothing",
  },
  { frames: [yielding("keptInGenerator")], waitsFor: ["caller", ""] },
]);
