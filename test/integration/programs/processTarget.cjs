// A program that gets into one of the situations in which a process can be met, and tells afterwards
// what it finds of itself.
const { execSync } = require("node:child_process");
const { Worker } = require("node:worker_threads");
const { announce, collectUntil, obey, stayAlive } = require("../scenarios/program.cjs");

/** A guest must run none of these, and leave them as they are. */
Error.stackTraceLimit = 7;
let preparedTraces = 0;
Error.prepareStackTrace = (error) => {
  preparedTraces++;
  return String(error);
};

/** Blocks in a cleanup callback, by whatever `block` does. */
async function blockInCallback(block) {
  let called = false;
  const registry = new FinalizationRegistry(function cleanUp() {
    if (called) return;
    called = true;
    announce({ ready: true });
    block();
    announce({ unblocked: true });
  });
  (() => {
    for (let i = 0; i < 20; i++) registry.register({ i }, i);
  })();
  globalThis.kept = registry;
  await collectUntil(() => called);
}

function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const situations = {
  idle() {
    announce({ ready: true });
  },
  spin: (ms) => blockInCallback(() => spin(ms)),
  wait: (ms) => blockInCallback(() => wait(ms)),
  native: (ms) =>
    setTimeout(() => {
      announce({ ready: true });
      execSync(`sleep ${ms / 1000}`);
      announce({ unblocked: true });
    }, 50),
  listener() {
    process.on("SIGUSR1", () => announce({ ownListener: true }));
    announce({ ready: true });
  },
  workers() {
    const stuck = new Worker("while (true);", { eval: true });
    const lives =
      'setInterval(() => {}, 100); require("worker_threads").parentPort.postMessage(0);';
    const idle = new Worker(lives, { eval: true });
    const ready = { ready: true, stuck: stuck.threadId, idle: idle.threadId };
    idle.on("message", () => setTimeout(announce, 100, ready));
  },
};

/** A snapshot collects first: then this one is called. */
let collections = 0;
const witness = new FinalizationRegistry(() => collections++);
witness.register({ alive: false }, 0);

/** All that a guest could have changed, as far as the program itself can see. */
function state() {
  // With a debugger still listening this would be the end of the answer.
  debugger;
  return {
    collections,
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
    stackTraceLimit: Error.stackTraceLimit,
    preparedTraces,
    registryMethods: Object.getOwnPropertyNames(FinalizationRegistry.prototype).map(
      (name) => `${name} ${FinalizationRegistry.prototype[name].toString?.()}`,
    ),
    environment: Object.keys(process.env).sort(),
  };
}

obey({
  state: () => announce({ state: state() }),
  begin(words) {
    const [situation, ms] = words.split(" ");
    void situations[situation](Number(ms));
  },
});
// Its own listener on stdin belongs to the program.
stayAlive();
const [situation, ms] = process.argv.slice(2);
void situations[situation](Number(ms ?? 2 ** 30));
