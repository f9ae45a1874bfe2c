/** A heap whose classes, counts and holders the program knows: `node knownHeap.cjs FILE` writes a snapshot of it. */
const { EventEmitter } = require("node:events");
const { writeHeapSnapshot } = require("node:v8");

const secret = `the password of ${"somebody".repeat(3)}`;

class Session {
  constructor(number) {
    this.number = number;
    this.bytes = Buffer.alloc(20_000);
    this.secret = `${secret} ${number}`;
  }
}

const otherSessions = (() => {
  class Session {
    name = "of another module";
  }
  return Array.from({ length: 20 }, () => new Session());
})();

globalThis.sessions = new Map(
  Array.from({ length: 300 }, (_, number) => [`user ${number}`, new Session(number)]),
);
globalThis.bus = new EventEmitter();
globalThis.bus.setMaxListeners(0);
for (let number = 0; number < 40; number++) listen(new Session(1000 + number));
globalThis.others = otherSessions;
globalThis.products = Array.from({ length: 5000 }, (_, number) => ({
  sku: `sku ${number}`,
  tags: [],
}));

let chain = null;
for (let number = 0; number < 1000; number++) chain = new Link(chain);
globalThis.chain = chain;

globalThis.registry = new FinalizationRegistry(() => {});
for (const product of globalThis.products.slice(0, 70)) globalThis.registry.register(product, 1);

function listen(session) {
  globalThis.bus.on("tick", function onTick() {
    session.number++;
  });
}

function Link(next) {
  this.next = next;
}

// In a turn of its own: nothing of the above is on the stack then.
setTimeout(() => writeHeapSnapshot(process.argv[2]), 10);
