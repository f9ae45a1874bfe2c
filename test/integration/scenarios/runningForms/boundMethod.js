import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

class SocketPool {
  #sockets = new FinalizationRegistry(this.close.bind(this));

  open(descriptor) {
    this.#sockets.register({ descriptor }, descriptor); /* REGISTER */
  }

  close(descriptor) /* CALLBACK */ {
    dropBuffers();
    announce({ ready: true, queued: 200 });
    while (descriptor > 0) process.uptime(); /* CULPRIT */
  }
}

openBuffers(200);
globalThis.pool = new SocketPool();
globalThis.pool.open(3);
await collectForever();
