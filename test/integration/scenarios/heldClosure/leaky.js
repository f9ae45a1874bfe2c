import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup()); /* CALLBACK */

class Connection {
  constructor(descriptor) {
    this.descriptor = descriptor;
    cleanups.register(this, () => close(this.descriptor)); /* REGISTER */
  }
}

function close(descriptor) {
  closed += descriptor > 0 ? 1 : 0;
}

function connectAll(count) {
  for (let descriptor = 1; descriptor <= count; descriptor++) new Connection(descriptor);
}

connectAll(60);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 60, leaked: 60, live: 0, closed });
stayAlive();
