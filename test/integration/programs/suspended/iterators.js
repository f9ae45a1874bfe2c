import { expectGroups, sourceOf } from "./program.js";

/** Promises that the language itself waits for on a function's behalf. */
const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));
globalThis.gates = gates;

/* eachOfArray begins */ async function eachOfArray() {
  for await (const one of [1, gate(), 3]) console.log(one); /* eachOfArray */
}

/* yieldsPromise begins */ async function* yieldsPromise() {
  yield gate(); /* yieldsPromise */
}

/* readsYielded begins */ async function readsYielded() {
  for await (const one of yieldsPromise()) console.log(one); /* readsYielded */
}

/* returnsPromise begins */ async function* returnsPromise() {
  if (gates.length === 0) yield 1;
  return gate(); /* returnsPromise */
}

/* readsReturned begins */ async function readsReturned() {
  await returnsPromise().next(); /* readsReturned */
}

/* delegatesToArray begins */ async function* delegatesToArray() {
  yield* [gate()]; /* delegatesToArray */
}

/* readsDelegated begins */ async function readsDelegated() {
  for await (const one of delegatesToArray()) console.log(one); /* readsDelegated */
}

/* endsBeginning begins */ async function* endsBeginning() {
  yield 1;
}

/* endsEarly begins */ async function endsEarly() {
  await endsBeginning().return(gate()); /* endsEarly */
}

/* returnsAwaited begins */ async function returnsAwaited() {
  return await gate(); /* returnsAwaited */
}

async function passesOn() {
  // It has ended, and its promise follows the other one.
  return gate();
}

/* waitsForPassed begins */ async function waitsForPassed() {
  await passesOn(); /* waitsForPassed */
}

/* fromAsync begins */ async function fromAsync() {
  await Array.fromAsync([gate()]); /* fromAsync */
}

/* tries begins */ async function tries() {
  try {
    await gate(); /* tries */
  } finally {
    await null;
  }
}

/* rejects begins */ async function rejects() {
  await Promise.reject(new Error("no")).catch(() => gate()); /* rejects */
}

void eachOfArray();
void readsYielded();
void readsReturned();
void readsDelegated();
void endsEarly();
void returnsAwaited();
void waitsForPassed();
if (Array.fromAsync) void fromAsync();
void tries();
void rejects();
const { awaiting } = sourceOf(import.meta.url);
const waitsFor = ["queue", "gates[…]"];
const stack = (...names) => ({ frames: names.map((name) => awaiting(name)), waitsFor });
expectGroups([
  stack("eachOfArray"),
  stack("yieldsPromise", "readsYielded"),
  stack("returnsPromise", "readsReturned"),
  stack("delegatesToArray", "readsDelegated"),
  // Asked to end before it began, it stands nowhere.
  {
    frames: [
      {
        ...awaiting("endsBeginning", {
          mark: "endsBeginning begins",
          begin: "endsBeginning begins",
        }),
        stands: [],
      },
      awaiting("endsEarly"),
    ],
    waitsFor,
  },
  stack("returnsAwaited"),
  stack("waitsForPassed"),
  ...(Array.fromAsync ? [stack("fromAsync")] : []),
  stack("tries"),
  stack("rejects"),
]);
