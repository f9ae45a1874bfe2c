import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup());

/** Made in a scope of its own, the closure has a context of its own. */
const closerOf = (id) => () => {
  closed += id > 0 ? 1 : 0;
};

function openTable(id) {
  const table = { id, rows: new Array(100).fill(id) };
  const countRows = () => table.rows.length;
  cleanups.register(table, closerOf(id));
  return countRows;
}

function openTables(count) {
  for (let id = 1; id <= count; id++) openTable(id);
}

openTables(70);
await collectUntil(() => closed === 70);
announce({ ready: true, registered: 70, leaked: 0, live: 0, closed });
stayAlive();
