import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

/** The callback only calls what was registered: the loop stands somewhere else. */
const disposers = new FinalizationRegistry((dispose) => dispose()); /* CALLBACK */

const closer = (descriptor) => () => {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
};

function openSocket(descriptor) {
  disposers.register({ descriptor }, closer(descriptor)); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
