import { expectGroups, longMs, sourceOf } from "./program.js";

/** Microtasks without end: the event loop never turns again, and these are suspended only for a moment. */
async function flood() {
  for (;;) await null;
}

async function* numbers() {
  for (let number = 0; ; number++) yield number;
}

async function sum() {
  let total = 0;
  for await (const number of numbers()) total += number;
  return total;
}

function again() {
  queueMicrotask(again);
}

/* waits begins */ async function waits() {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* waits */
}

void waits();

const { awaiting } = sourceOf(import.meta.url);
// The thread can't be asked where its functions stand.
expectGroups([{ frames: [{ ...awaiting("waits"), stands: [] }], waitsFor: ["timer", ""] }]);
setTimeout(() => {
  void flood();
  void sum();
  again();
}, 250);
