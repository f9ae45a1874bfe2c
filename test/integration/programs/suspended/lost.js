import { combinator, expectGroups, longMs, sourceOf } from "./program.js";

/** Nobody has the `resolve` function of this one any more. */
const never = new Promise(() => {});

class Lock {
  queue = [];
  acquire() {
    return new Promise((resolve) => this.queue.push(resolve));
  }
  release() {
    this.queue.shift()?.();
  }
}

/** A lock that only its holder knows, who waits for ever. */
/* holdForEver begins */ async function holdForEver(lock) {
  await never; /* holdForEver */
  lock.release();
}

/* wantLock begins */ async function wantLock(lock) {
  await lock.acquire(); /* wantLock */
}

/* transfer begins */ async function transfer(lock) {
  await wantLock(lock); /* transfer */
}

/** One that its holder will release. */
/* holdForLong begins */ async function holdForLong(lock) {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* holdForLong */
  lock.release();
}

/* wantOther begins */ async function wantOther(lock) {
  await lock.acquire(); /* wantOther */
}

/* lost begins */ async function lost() {
  await never; /* lost */
}

/* behindLost begins */ async function behindLost() {
  await lost(); /* behindLost */
}

/** Only the promise is kept. */
/* keptByPromise begins */ async function keptByPromise() {
  await keptPromise; /* keptByPromise */
}

/* decidedByOthers begins */ async function decidedByOthers() {
  await Promise.all([lost(), Promise.resolve()]); /* decidedByOthers */
}

/* hasTimeout begins */ async function hasTimeout() {
  const late = new Promise((_, reject) => setTimeout(reject, longMs));
  await Promise.race([never, late]); /* hasTimeout */
}

const keptPromise = new Promise(() => {});
globalThis.kept = { never, keptPromise };

{
  const lock = new Lock();
  void holdForEver(lock);
  for (let i = 0; i < 3; i++) void transfer(lock);
}
{
  const lock = new Lock();
  void holdForLong(lock);
  for (let i = 0; i < 2; i++) void wantOther(lock);
}
void behindLost();
void keptByPromise();
void decidedByOthers();
void hasTimeout();

const { awaiting } = sourceOf(import.meta.url);
const nothing = { waitsFor: ["nothing", ""], settledBy: "nothing" };
const queue = ["queue", "Lock.queue[…]"];
expectGroups([
  { frames: [awaiting("holdForEver")], ...nothing },
  {
    frames: [awaiting("wantLock", { waiting: 3 }), awaiting("transfer", { waiting: 3 })],
    count: 3,
    waitsFor: queue,
    settledBy: "suspended functions",
  },
  { frames: [awaiting("holdForLong")], waitsFor: ["timer", ""] },
  { frames: [awaiting("wantOther", { waiting: 2 })], count: 2, waitsFor: queue },
  { frames: [awaiting("lost"), awaiting("behindLost")], ...nothing },
  { frames: [awaiting("keptByPromise")], ...nothing },
  {
    frames: [awaiting("lost"), combinator("Promise.all"), awaiting("decidedByOthers")],
    ...nothing,
  },
  { frames: [combinator("Promise.race"), awaiting("hasTimeout")], waitsFor: ["timer", ""] },
]);
