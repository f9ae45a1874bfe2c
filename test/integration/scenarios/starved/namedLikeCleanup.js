import { setTimeout as wait } from "node:timers/promises";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const sockets = new FinalizationRegistry((descriptor) => void closeSocket(descriptor, 0));

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor);
}

/** The very function that the registry's callback calls; here a timer's promise resumed it. */
async function closeSocket(descriptor, delayMs) {
  await wait(delayMs);
  openSocket(3);
  dropBuffers();
  collect();
  announce({ ready: true, queued: 151 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
}

openBuffers(150);
await closeSocket(4, 50);
