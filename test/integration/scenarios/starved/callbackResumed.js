import { setTimeout as wait } from "node:timers/promises";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const sockets = new FinalizationRegistry(closeSocket);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor);
}

/** It is a cleanup callback, but ordinary code called it, and an await resumed it. */
async function closeSocket(descriptor) {
  await wait(50);
  openSocket(3);
  dropBuffers();
  collect();
  announce({ ready: true, queued: 151 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
}

openBuffers(150);
await closeSocket(4);
