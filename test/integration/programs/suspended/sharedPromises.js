import { expectGroups, longMs, sourceOf } from "./program.js";

/** One connection that hundreds wait for, in several ways. */
const connecting = connect();

/* connect begins */ async function connect() {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* connect */
}

/* query begins */ async function query() {
  await connecting; /* query */
}

/* listRows begins */ async function listRows() {
  await query(); /* listRows */
}

/* countRows begins */ async function countRows() {
  await query(); /* countRows */
}

/* walk begins */ async function walk(depth) {
  if (depth === 0) await query(); /* query of walk */
  else await walk(depth - 1); /* walk */
}

/* isEven begins */ async function isEven(number) {
  if (number > 0) await isOdd(number - 1); /* isEven */
  else await connecting; /* even at last */
}

/* isOdd begins */ async function isOdd(number) {
  await isEven(number - 1); /* isOdd */
}

for (let i = 0; i < 300; i++) void listRows();
for (let i = 0; i < 200; i++) void countRows();
void query();
for (let i = 0; i < 5; i++) void walk(20);
void isEven(4);

const { awaiting } = sourceOf(import.meta.url);
const of = (waiting) => ({ waiting });
const timer = ["timer", ""];
const shared = (waiting, others = []) => [
  awaiting("connect"),
  awaiting("query", of(waiting)),
  ...others,
];
expectGroups([
  { frames: shared(300, [awaiting("listRows", of(300))]), count: 300, waitsFor: timer },
  { frames: shared(200, [awaiting("countRows", of(200))]), count: 200, waitsFor: timer },
  { frames: shared(1), waitsFor: timer },
  {
    frames: shared(5, [
      awaiting("walk", { mark: ["walk", "query of walk"], waiting: 105, repeated: 21 }),
    ]),
    count: 5,
    waitsFor: timer,
  },
  {
    frames: [
      awaiting("connect"),
      awaiting("isEven", { mark: "even at last", begin: "isEven begins" }),
      awaiting("isOdd"),
      awaiting("isEven"),
      awaiting("isOdd"),
      awaiting("isEven"),
    ],
    waitsFor: timer,
  },
]);
