import { expectGroups, longMs, sourceOf } from "./program.js";

/** A pool as packages write them: a queue of items with a callback, behind two functions of its own. */
class PendingItem {
  constructor(callback) {
    this.callback = callback;
  }
}

class Pool {
  #pending = [];
  size = 2;
  busy = 0;

  connect(callback) {
    if (this.busy < this.size) {
      this.busy++;
      callback(null, {});
    } else this.#pending.push(new PendingItem(callback));
  }

  /* acquire begins */ async acquire() {
    /* acquire */ return await new Promise((resolve, reject) => {
      this.connect((error, client) => (error ? reject(error) : resolve(client)));
    });
  }

  /* query begins */ async query(text) {
    const client = await this.acquire(); /* query waits */
    await new Promise((resolve) => setTimeout(resolve, longMs)); /* query */
    return [client, text];
  }
}

class Deferred {
  constructor() {
    this.promise = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }
}

class Semaphore {
  count = 0;
  waiters = new Map();
  down() {
    const deferred = new Deferred();
    this.waiters.set(this.count++, deferred);
    return deferred.promise;
  }
}

const pool = new Pool();
const semaphore = new Semaphore();
const locks = {};

/* listUsers begins */ async function listUsers() {
  return await pool.query("users"); /* listUsers */
}

/* handleRequest begins */ async function handleRequest() {
  await listUsers(); /* handleRequest */
}

/* limited begins */ async function limited() {
  await semaphore.down(); /* limited */
}

/* lockRow begins */ async function lockRow(name) {
  const lock = (locks[name] ??= { waiters: [] });
  await new Promise((resolve) => lock.waiters.push(resolve)); /* lockRow */
}

for (let i = 0; i < 52; i++) void handleRequest();
for (let i = 0; i < 9; i++) void limited();
for (let i = 0; i < 8; i++) void lockRow(`row${i % 4}`);
Object.assign(globalThis, { pool, semaphore });

const { awaiting } = sourceOf(import.meta.url);
const of = (waiting) => ({ waiting });
const above = (waiting) => [
  awaiting("listUsers", of(waiting)),
  awaiting("handleRequest", of(waiting)),
];
expectGroups([
  {
    frames: [
      awaiting("acquire", of(50)),
      awaiting("query", { ...of(50), mark: "query waits", begin: "query begins" }),
      ...above(50),
    ],
    count: 50,
    waitsFor: ["queue", "Pool.#pending[…] → PendingItem.callback"],
  },
  { frames: [awaiting("query", of(2)), ...above(2)], count: 2, waitsFor: ["timer", ""] },
  {
    frames: [awaiting("limited", of(9))],
    count: 9,
    waitsFor: ["queue", "Semaphore.waiters[…] → Deferred.resolve"],
  },
  {
    frames: [awaiting("lockRow", of(8))],
    count: 8,
    waitsFor: ["queue", "locks → Object.waiters[…]"],
  },
]);
