import { combinator, expectGroups, longMs, sourceOf } from "./program.js";

const promises = {};

/** Circles of two, of three and of one; each is left when its promise is known to the others. */
/* alice begins */ async function alice() {
  await null;
  await promises.bob; /* alice */
}

/* bob begins */ async function bob() {
  await promises.alice; /* bob */
}

/* first begins */ async function first() {
  await null;
  await promises.second; /* first */
}

/* second begins */ async function second() {
  await null;
  await promises.third; /* second */
}

/* third begins */ async function third() {
  await promises.first; /* third */
}

/* itself begins */ async function itself() {
  await null;
  await promises.itself; /* itself */
}

/* outsider begins */ async function outsider() {
  await promises.alice; /* outsider */
}

/** No circle: the timer decides the race, and then both go on. */
/* impatient begins */ async function impatient() {
  await null;
  const late = new Promise((resolve) => setTimeout(resolve, longMs));
  await Promise.race([promises.patient, late]); /* impatient */
}

/* patient begins */ async function patient() {
  await promises.impatient; /* patient */
}

for (let pair = 0; pair < 3; pair++) {
  const own = {};
  /** Circles of like functions are one group. */
  /* left begins */ async function left() {
    await null;
    await own.right; /* left */
  }
  /* right begins */ async function right() {
    await own.left; /* right */
  }
  own.left = left();
  own.right = right();
  (globalThis.pairs ??= []).push(own);
}

for (const function_ of [alice, bob, first, second, third, itself, impatient, patient])
  promises[function_.name] = function_();
void outsider();
globalThis.promises = promises;

const { awaiting } = sourceOf(import.meta.url);
const nothing = ["nothing", ""];
const circle = { waitsFor: nothing, settledBy: "nothing", isCycle: true };
expectGroups([
  { frames: [awaiting("alice"), awaiting("bob")], ...circle },
  { frames: [awaiting("first"), awaiting("third"), awaiting("second")], ...circle },
  { frames: [awaiting("itself")], ...circle },
  {
    frames: [awaiting("left", { waiting: 3 }), awaiting("right", { waiting: 3 })],
    count: 3,
    ...circle,
  },
  {
    frames: [awaiting("alice"), awaiting("outsider")],
    waitsFor: ["suspended function", ""],
    settledBy: "suspended functions",
  },
  // Around the circle, and back to where it was entered.
  {
    frames: [
      combinator("Promise.race"),
      awaiting("impatient"),
      awaiting("patient"),
      combinator("Promise.race"),
    ],
    waitsFor: ["timer", ""],
  },
]);
