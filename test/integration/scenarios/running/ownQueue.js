import { announce, collectForever } from "../program.cjs";

const registered = 12;
let calls = 0;

/** The third of twelve callbacks that became due together does not return: nine wait behind it. */
const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  calls++;
  if (calls < 3) return;
  announce({ ready: true, waiting: registered - calls });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

for (let descriptor = 1; descriptor <= registered; descriptor++) openSocket(descriptor);
await collectForever();
