import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const cleanups = new FinalizationRegistry((cleanup) => cleanup());

class Channel {
  constructor(id) {
    this.id = id;
    cleanups.register(this, Channel.close.bind(null, id));
  }

  static close(id) {
    closed += id > 0 ? 1 : 0;
  }
}

function openChannels(count) {
  for (let id = 1; id <= count; id++) new Channel(id);
}

openChannels(80);
await collectUntil(() => closed === 80);
announce({ ready: true, registered: 80, leaked: 0, live: 0, closed });
stayAlive();
