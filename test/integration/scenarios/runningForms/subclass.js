import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

/** Many packages wrap the registry in a class of their own. */
class HandleRegistry extends FinalizationRegistry {
  polls = 0;

  constructor() {
    super((descriptor) => this.#close(descriptor)); /* CALLBACK */
  }

  #close(descriptor) {
    dropBuffers();
    announce({ ready: true, queued: 200 });
    while (descriptor > 0) this.polls++; /* CULPRIT */
  }
}

const sockets = new HandleRegistry();

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
