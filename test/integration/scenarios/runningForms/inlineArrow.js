import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

// biome-ignore format: the arrow function stands on a line of its own, as many write it
const sockets = new FinalizationRegistry(
  (descriptor) => { /* CALLBACK */
    dropBuffers();
    announce({ ready: true, queued: 200 });
    while (descriptor > 0) process.uptime(); /* CULPRIT */
  },
);

const openSocket = (descriptor) => sockets.register({ descriptor }, descriptor); /* REGISTER */

openBuffers(200);
openSocket(3);
await collectForever();
