import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup()); /* CALLBACK */

class Channel {
  constructor(id) {
    this.id = id;
    cleanups.register(this, this.close.bind(this)); /* REGISTER */
  }

  close() {
    closed += this.id > 0 ? 1 : 0;
  }
}

function openChannels(count) {
  for (let id = 1; id <= count; id++) new Channel(id);
}

openChannels(80);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 80, leaked: 80, live: 0, closed });
stayAlive();
