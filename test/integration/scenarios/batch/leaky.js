import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect, collectForever } from "../program.cjs";

const count = 5000;
const millisecondsEach = 4;
let sockets = [];
let closed = 0;

const registry = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  if (closed === 0) {
    dropBuffers();
    announce({ ready: true, registered: count, millisecondsEach, queued: 600 });
  }
  const end = performance.now() + millisecondsEach;
  while (performance.now() < end) closed += 0; /* CULPRIT */
  closed++;
  if (closed === count) announce({ closed, last: descriptor });
});

function openSockets() {
  for (let descriptor = 1; descriptor <= count; descriptor++) {
    const socket = { descriptor };
    registry.register(socket, descriptor); /* REGISTER */
    sockets.push(socket);
  }
}

openBuffers(600);
openSockets();
// Node 26 clears registrations in small collections too: once they are old, one collection clears all.
collect();
collect();
sockets = [];
await collectForever();
