import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

const Registry = globalThis.FinalizationRegistry;
const settings = { onCollected: null };

settings.onCollected = (descriptor) /* CALLBACK */ => {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
};

const makeRegistry = (callback) => new Registry(callback);
const { sockets } = { sockets: makeRegistry(settings.onCollected) };

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
