import { expectGroups, longMs, sourceOf } from "./program.js";

/** Queues of `resolve` functions in all the shapes that programs give them. */
class ArrayLock {
  waiters = [];
  locked = false;

  /* ArrayLock.acquire begins */ async acquire() {
    while (this.locked)
      await new Promise((resolve) => this.waiters.push(resolve)); /* ArrayLock.acquire */
    this.locked = true;
  }
}

class LinkedLock {
  head = null;

  /* LinkedLock.acquire begins */ async acquire() {
    /* LinkedLock.acquire */ await new Promise((resolve) => {
      this.head = { resolve, next: this.head };
    });
  }
}

class RpcClient {
  pending = new Map();
  #nextId = 1;

  /* a plain function: it has no frame of its own */ call(method) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => this.pending.set(id, { method, resolve, reject }));
  }
}

class Gate {
  visitors = new Set();
  pass = () => new Promise((resolve) => this.visitors.add(resolve));
}

class Lazy {
  constructor() {
    this.ready = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

const arrayLock = new ArrayLock();
const linkedLock = new LinkedLock();
const client = new RpcClient();
const gate = new Gate();
const lazy = new Lazy();
const table = { jobs: { byName: { parse: null } } };
const tickets = [];

/* withArrayLock begins */ async function withArrayLock() {
  await arrayLock.acquire(); /* withArrayLock */
}

/* holder begins */ async function holder() {
  await arrayLock.acquire();
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* holder */
}

/* withLinkedLock begins */ async function withLinkedLock() {
  await linkedLock.acquire(); /* withLinkedLock */
}

/* loadUser begins */ async function loadUser() {
  return await client.call("user"); /* loadUser */
}

/* enter begins */ async function enter() {
  await gate.pass(); /* enter */
}

/* useLazy begins */ async function useLazy() {
  await lazy.ready; /* useLazy */
}

/* parse begins */ async function parse() {
  /* parse */ await new Promise((resolve) => {
    table.jobs.byName.parse = resolve;
  });
}

/* takeTicket begins */ async function takeTicket() {
  await new Promise((resolve) => tickets.push({ resolve })); /* takeTicket */
}

void holder();
for (let i = 0; i < 30; i++) void withArrayLock();
for (let i = 0; i < 40; i++) void withLinkedLock();
for (let i = 0; i < 20; i++) void loadUser();
for (let i = 0; i < 5; i++) void enter();
for (let i = 0; i < 6; i++) void useLazy();
void parse();
for (let i = 0; i < 7; i++) void takeTicket();
Object.assign(globalThis, { arrayLock, linkedLock, client, gate, lazy, table });

const { awaiting } = sourceOf(import.meta.url);
const of = (waiting) => ({ waiting });
expectGroups([
  { frames: [awaiting("holder")], waitsFor: ["timer", ""] },
  {
    frames: [
      awaiting("acquire", { ...of(30), mark: "ArrayLock.acquire" }),
      awaiting("withArrayLock", of(30)),
    ],
    count: 30,
    waitsFor: ["queue", "ArrayLock.waiters[…]"],
  },
  {
    frames: [
      awaiting("acquire", { ...of(40), mark: "LinkedLock.acquire" }),
      awaiting("withLinkedLock", of(40)),
    ],
    count: 40,
    waitsFor: ["object", "LinkedLock.head"],
  },
  {
    frames: [awaiting("loadUser", of(20))],
    count: 20,
    waitsFor: ["queue", "RpcClient.pending[…]"],
  },
  { frames: [awaiting("enter", of(5))], count: 5, waitsFor: ["queue", "Gate.visitors[…]"] },
  { frames: [awaiting("useLazy", of(6))], count: 6, waitsFor: ["object", "Lazy.open"] },
  { frames: [awaiting("parse")], waitsFor: ["object", "table"] },
  { frames: [awaiting("takeTicket", of(7))], count: 7, waitsFor: ["queue", "tickets[…]"] },
]);
