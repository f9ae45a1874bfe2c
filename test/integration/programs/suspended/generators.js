import { expectGroups, sourceOf } from "./program.js";

const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));
globalThis.gates = gates;

/* rows begins */ async function* rows() {
  yield 1;
  await gate(); /* rows */
  yield 2;
}

/* sum begins */ async function sum() {
  let total = 0;
  for await (const row of rows()) total += row; /* sum */
  return total;
}

/* doubled begins */ async function* doubled() {
  for await (const row of rows()) yield row * 2; /* doubled */
}

/* sumDoubled begins */ async function sumDoubled() {
  let total = 0;
  for await (const row of doubled()) total += row; /* sumDoubled */
  return total;
}

/* delegating begins */ async function* delegating() {
  yield* rows(); /* delegating */
}

/* sumDelegated begins */ async function sumDelegated() {
  let total = 0;
  for await (const row of delegating()) total += row; /* sumDelegated */
  return total;
}

/* pages begins */ async function* pages() {
  for (let page = 1; ; page++) yield page; /* pages */
}

/* slowReader begins */ async function slowReader() {
  for await (const _ of pages()) await gate(); /* slowReader */
}

/* severalAtOnce begins */ async function severalAtOnce() {
  const iterator = rows();
  await iterator.next();
  const all = [iterator.next(), iterator.next(), iterator.next()];
  await all[2]; /* severalAtOnce */
}

/* numbers begins */ function* numbers() {
  for (let number = 0; ; number++) yield number; /* numbers */
}

function* ended() {
  yield 1;
}

class Tree {
  /* Tree begins */ *[Symbol.iterator]() {
    yield this; /* Tree */
  }
}

void sum();
void sumDoubled();
void sumDelegated();
void slowReader();
void severalAtOnce();
const paused = [numbers(), numbers(), numbers()];
for (const generator of paused) generator.next();
const finished = ended();
for (const _ of finished);
const tree = new Tree()[Symbol.iterator]();
tree.next();
const notBegun = pages();
const yielded = pages();
void yielded.next();
Object.assign(globalThis, { paused, finished, tree, notBegun, yielded });

const { awaiting, yielding } = sourceOf(import.meta.url);
const waitsFor = ["queue", "gates[…]"];
const caller = ["caller", ""];
expectGroups([
  { frames: [awaiting("rows"), awaiting("sum")], waitsFor },
  { frames: [awaiting("rows"), awaiting("doubled"), awaiting("sumDoubled")], waitsFor },
  { frames: [awaiting("rows"), awaiting("delegating"), awaiting("sumDelegated")], waitsFor },
  { frames: [awaiting("slowReader")], waitsFor },
  { frames: [awaiting("rows"), awaiting("severalAtOnce")], waitsFor },
  { frames: [yielding("numbers", { waiting: 3 })], count: 3, waitsFor: caller },
  {
    frames: [
      yielding("pages", { waiting: 3, mark: ["pages", "pages begins"], begin: "pages begins" }),
    ],
    count: 3,
    waitsFor: caller,
  },
  { frames: [yielding("[Symbol.iterator]", { mark: "Tree" })], waitsFor: caller },
]);
