import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

class Socket {
  static #registry = new FinalizationRegistry(Socket.close);

  constructor(descriptor) {
    Socket.#registry.register(this, descriptor); /* REGISTER */
  }

  static close(descriptor) /* CALLBACK */ {
    dropBuffers();
    announce({ ready: true, queued: 200 });
    while (descriptor > 0) process.uptime(); /* CULPRIT */
  }
}

openBuffers(200);
const openSocket = (descriptor) => void new Socket(descriptor);
openSocket(3);
await collectForever();
