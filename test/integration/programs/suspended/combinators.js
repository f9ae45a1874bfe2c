import { combinator, expectGroups, longMs, sourceOf } from "./program.js";

const done = Promise.resolve("done");
const failed = Promise.reject(new Error("failed"));
failed.catch(() => {});
const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));
globalThis.gates = gates;

/* part begins */ async function part() {
  await gate(); /* part */
}

/* all begins */ async function all() {
  await Promise.all([done, part(), 4, part()]); /* all */
}

/* race begins */ async function race() {
  await Promise.race([part(), part()]); /* race */
}

/* any begins */ async function any() {
  await Promise.any([failed, part()]); /* any */
}

/* allSettled begins */ async function allSettled() {
  await Promise.allSettled([done, failed, part(), part(), part()]); /* allSettled */
}

/* withTimeout begins */ async function withTimeout() {
  const late = new Promise((_, reject) => setTimeout(reject, longMs));
  await Promise.race([part(), late]); /* withTimeout */
}

/* nested begins */ async function nested() {
  await Promise.all([Promise.any([Promise.race([part(), gate()])])]); /* nested */
}

void all();
void race();
void any();
void allSettled();
void withTimeout();
void nested();

const { awaiting } = sourceOf(import.meta.url);
const parts = (waiting) => awaiting("part", { waiting });
const waitsFor = ["queue", "gates[…]"];
expectGroups([
  { frames: [parts(2), combinator("Promise.all"), awaiting("all")], count: 2, waitsFor },
  { frames: [parts(2), combinator("Promise.race"), awaiting("race")], count: 2, waitsFor },
  { frames: [parts(1), combinator("Promise.any"), awaiting("any")], waitsFor },
  {
    frames: [parts(3), combinator("Promise.allSettled"), awaiting("allSettled")],
    count: 3,
    waitsFor,
  },
  { frames: [parts(1), combinator("Promise.race"), awaiting("withTimeout")], waitsFor },
  { frames: [combinator("Promise.race"), awaiting("withTimeout")], waitsFor: ["timer", ""] },
  {
    frames: [
      parts(1),
      combinator("Promise.race"),
      combinator("Promise.any"),
      combinator("Promise.all"),
      awaiting("nested"),
    ],
    waitsFor,
  },
  {
    frames: [
      combinator("Promise.race"),
      combinator("Promise.any"),
      combinator("Promise.all"),
      awaiting("nested"),
    ],
    waitsFor,
  },
]);
