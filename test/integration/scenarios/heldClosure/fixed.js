import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup());

class Connection {
  constructor(descriptor) {
    this.descriptor = descriptor;
    cleanups.register(this, closerOf(descriptor));
  }
}

const closerOf = (descriptor) => () => close(descriptor);

function close(descriptor) {
  closed += descriptor > 0 ? 1 : 0;
}

function connectAll(count) {
  for (let descriptor = 1; descriptor <= count; descriptor++) new Connection(descriptor);
}

connectAll(60);
await collectUntil(() => closed === 60);
announce({ ready: true, registered: 60, leaked: 0, live: 0, closed });
stayAlive();
