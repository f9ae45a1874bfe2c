/**
 * Fills a heap with a bit of everything that snapshots draw in a way of its own, and writes one: `node mixedHeap.cjs
 * FILE`, with V8's own objects and numbers as well when `internals` follows.
 */
const { writeHeapSnapshot } = require("node:v8");
const { createContext, runInContext } = require("node:vm");

const [file, internals] = process.argv.slice(2);

const key = (name) => ({ name, self: null });
const held = { maps: [], keys: [], closures: [], parts: [] };

// Values of WeakMaps: key and map held, only one of them, the same key in several maps, a key that is a value.
for (let number = 0; number < 200; number++) {
  const maps = [new WeakMap(), new WeakMap()];
  const keys = Array.from({ length: 5 }, (_, index) => key(`key ${index}`));
  for (const map of maps) {
    for (const [index, one] of keys.entries()) {
      map.set(one, { number, payload: Buffer.alloc(40), next: keys[index + 1] });
    }
  }
  maps[0].set(keys[0], keys[1]);
  held.maps.push(maps[number % 2]);
  held.keys.push(...keys.slice(number % 3));
}
class TwoLines {}
Object.defineProperty(TwoLines, "name", { value: "Two\nlines" });
const twoLines = new TwoLines();
held.maps.push(new WeakMap([[twoLines, { of: "a key whose class has a line break in its name" }]]));
held.keys.push(twoLines);

// Objects of many shapes, in dictionary mode too, with accessors, symbols and private fields.
class Shape {
  #secret = { number: Math.random() };
  constructor(number) {
    for (let index = 0; index < number % 40; index++) this[`field${index}`] = { index };
    this[Symbol("mark")] = this.#secret;
  }
  get secret() {
    return this.#secret;
  }
}
for (let number = 0; number < 2000; number++) held.parts.push(new Shape(number));
const dictionary = Object.create(null);
for (let number = 0; number < 5000; number++) dictionary[`k${number}`] = [number, `${number}!`];
for (let number = 0; number < 5000; number += 2) delete dictionary[`k${number}`];
held.dictionary = dictionary;

// Plain objects with few properties in common, names that need quotes, names that are too long, none at all.
const properties = ["a", "b", "c", "name", "size", "", "x, y", 'q"uote', "{", "l".repeat(200)];
held.plain = Array.from({ length: 9000 }, (_, number) => {
  const object = {};
  for (let index = 0; index < number % 5; index++) {
    object[properties[(number * (index + 3) + (number >> 6)) % properties.length]] = { of: index };
  }
  return object;
});
held.many = Array.from({ length: 60 }, () =>
  Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`property${index}`, {}])),
);

// Classes of one name in several places, and names like those of elements of a page.
const rowClasses = [class Row {}, class Row {}, (() => class Row {})()];
const element = {
  ['<div id="a">']: class {},
  ["<div>"]: class {},
  ["Detached <p class=b>"]: class {},
};
for (const made of [...rowClasses, ...Object.values(element)]) {
  held.parts.push(...Array.from({ length: 40 }, () => new made()));
}

// Strings: put together, cut, turned round, from outside; numbers that are not small integers.
held.strings = Array.from({ length: 500 }, (_, number) => `${"part ".repeat(9)}${number}`);
held.joined = held.strings.reduce((all, one) => all + one, "");
held.cut = held.joined.slice(100, 5000);
held.doubles = Array.from({ length: 300 }, () => ({ value: Math.random() }));
held.big = [1n << 200n, 2n ** 90n];
held.regular = [/a+b/g, /(?<year>\d+)/u];

// Rings, long chains, what two hold, collections, buffers that share memory.
let chain = null;
for (let number = 0; number < 20_000; number++) chain = { chain, number };
held.chain = chain;
const ring = Array.from({ length: 100 }, () => ({ next: null }));
for (const [index, item] of ring.entries()) item.next = ring[(index + 7) % ring.length];
held.ring = [ring[0], ring[50]];
held.collections = [new Map(held.parts.slice(0, 300).map((part) => [part, {}])), new Set(ring)];
const memory = new ArrayBuffer(100_000);
held.views = [new Uint8Array(memory), new DataView(memory, 16), Buffer.from("abc")];
held.weak = held.parts.map((part) => new WeakRef(part));

// Functions, scopes that share variables, bound ones, suspended ones, promises that wait for each other.
for (let number = 0; number < 300; number++) {
  const large = new Array(50).fill(number);
  const small = { number };
  held.closures.push(
    () => large,
    () => small,
    Array.prototype.push.bind(large),
  );
}
const never = new Promise(() => {});
held.waiting = Array.from({ length: 100 }, async (_, number) => {
  const local = { number };
  await never;
  return local;
});
function* numbers() {
  const local = [1, 2, 3];
  yield* local;
}
held.generator = numbers();
held.generator.next();
held.proxies = [new Proxy({}, { get: () => held }), new Proxy(() => {}, {})];

// Registrations, also of a target that its own held value holds, and of one that is gone.
held.registry = new FinalizationRegistry(() => {});
for (const part of held.parts.slice(0, 50)) held.registry.register(part, { part }, part);
held.registry.register({}, "gone");

// A second global object.
held.context = createContext({ shared: held.ring });
runInContext(
  "var inside = Array.from({ length: 100 }, () => ({ shared, made: new Map() }))",
  held.context,
);

globalThis.held = held;
const exposed = internals ? { exposeInternals: true, exposeNumericValues: true } : undefined;
writeHeapSnapshot(file, exposed);
