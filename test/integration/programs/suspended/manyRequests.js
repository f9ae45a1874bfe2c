import { expectGroups, sourceOf } from "./program.js";

/** A hundred thousand requests that wait for a connection, each with promises of its own. */
class Pool {
  waiting = [];

  acquire() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const pool = new Pool();

/* query begins */ async function query(text) {
  const connection = await pool.acquire(); /* query */
  return [connection, text];
}

/* load begins */ async function load(id) {
  return await query(`rows of ${id}`); /* load */
}

/* handle begins */ async function handle(id) {
  const rows = await load(id); /* handle */
  return { id, rows };
}

const requests = Number(process.argv[2]);
for (let id = 0; id < requests; id++) void handle(id);
globalThis.pool = pool;

const { awaiting } = sourceOf(import.meta.url);
const waiting = requests;
expectGroups([
  {
    frames: [
      awaiting("query", { waiting }),
      awaiting("load", { waiting }),
      awaiting("handle", { waiting }),
    ],
    count: requests,
    waitsFor: ["queue", "Pool.waiting[…]"],
  },
]);
