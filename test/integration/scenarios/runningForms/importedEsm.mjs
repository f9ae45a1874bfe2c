import { openBuffers } from "../bystanders.cjs";
import { collectForever } from "../program.cjs";
import { closeSocket } from "./closeSocketEsm.mjs";

const sockets = new FinalizationRegistry(closeSocket);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

openBuffers(200);
openSocket(3);
await collectForever();
