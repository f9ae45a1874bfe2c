import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

type Descriptor = number;
interface Socket {
  readonly descriptor: Descriptor;
}

const sockets = new FinalizationRegistry<Descriptor>((descriptor: Descriptor) => /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 200 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor: Descriptor): void {
  const socket: Socket = { descriptor };
  sockets.register(socket, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
