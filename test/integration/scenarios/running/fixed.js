import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const sockets = new FinalizationRegistry(function closeSocket(descriptor) {
  dropBuffers();
  setTimeout(() => {
    if (descriptor > 0) closed++;
  });
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor);
}

openBuffers(600);
openSocket(3);
await collectUntil(() => countFreed() === 600 && closed === 1);
announce({ ready: true, freed: countFreed(), closed });
stayAlive();
