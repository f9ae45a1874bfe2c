import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup()); /* CALLBACK */

class Table {
  constructor(id) {
    this.id = id;
    // The arrow function that needs `this` puts it into the context that `close` shares.
    this.describe = () => `table ${this.id}`;
    const close = () => {
      closed += id > 0 ? 1 : 0;
    };
    cleanups.register(this, close); /* REGISTER */
  }
}

function openTables(count) {
  for (let id = 1; id <= count; id++) new Table(id);
}

openTables(70);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 70, leaked: 70, live: 0, closed });
stayAlive();
