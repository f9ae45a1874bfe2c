import { announce, collectUntil, stayAlive } from "../program.cjs";

const count = 5000;
let sockets = [];
let closed = 0;

const registry = new FinalizationRegistry((descriptor) => {
  closed += descriptor > 0 ? 1 : 0;
});

function openSockets() {
  for (let descriptor = 1; descriptor <= count; descriptor++) {
    const socket = { descriptor };
    registry.register(socket, descriptor);
    sockets.push(socket);
  }
}

openSockets();
sockets = [];
await collectUntil(() => closed === count);
announce({ ready: true, closed });
stayAlive();
