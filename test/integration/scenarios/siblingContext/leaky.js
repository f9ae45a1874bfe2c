import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup()); /* CALLBACK */

function openTable(id) {
  const table = { id, rows: new Array(100).fill(id) };
  const countRows = () => table.rows.length;
  // It mentions `id` only. The context of this scope holds `table` too, because `countRows` needs it.
  const close = () => {
    closed += id > 0 ? 1 : 0;
  };
  cleanups.register(table, close); /* REGISTER */
  return countRows;
}

function openTables(count) {
  for (let id = 1; id <= count; id++) openTable(id);
}

openTables(70);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 70, leaked: 70, live: 0, closed });
stayAlive();
