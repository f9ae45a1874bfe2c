import { AsyncLocalStorage, AsyncResource, createHook } from "node:async_hooks";
import { createContext, runInContext } from "node:vm";
import { expectGroups, sourceOf } from "./program.js";

/** Functions in asynchronous contexts of their own, in another realm, and without a file. */
const storage = new AsyncLocalStorage();
createHook({ init() {}, promiseResolve() {} }).enable();
const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));
globalThis.gates = gates;

/* inner begins */ async function inner() {
  await gate(); /* inner */
}
/* request begins */ async function request() {
  await inner(); /* request */
  return storage.getStore();
}
/* chained begins */ async function chained() {
  await gate().then(log); /* chained */
}
/* log begins */ function log() {}

for (let i = 0; i < 10; i++) storage.run({ i }, request);
storage.run({}, chained);
new AsyncResource("Mine").runInAsyncScope(() => void request());

const other = createContext({ gate });
runInContext("async function elsewhere() { await gate(); } void elsewhere();", other, {
  filename: "elsewhere.js",
});
void new Function("gate", "return (async function made() { await gate(); })()")(gate);

const { awaiting, then } = sourceOf(import.meta.url);
const waitsFor = ["queue", "gates[…]"];
expectGroups([
  {
    frames: [awaiting("inner", { waiting: 11 }), awaiting("request", { waiting: 11 })],
    count: 11,
    waitsFor,
  },
  { frames: [then("log"), awaiting("chained")], waitsFor },
  {
    frames: [
      { ...awaiting("inner"), function: "elsewhere", file: "elsewhere.js", begins: 1, stands: [1] },
    ],
    waitsFor,
  },
  {
    frames: [{ ...awaiting("inner"), function: "made", file: null, begins: null, stands: [] }],
    waitsFor,
  },
]);
