import { setTimeout as wait } from "node:timers/promises";
import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

/** A registry of the same file, with a callback that is quick: it is not what runs here. */
const sockets = new FinalizationRegistry((descriptor) => descriptor);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor);
}

async function refreshIndex() {
  await wait(50);
  openSocket(3);
  dropBuffers();
  collect();
  announce({ ready: true, queued: 151 });
  for (;;) process.uptime(); /* CULPRIT */
}

openBuffers(150);
await refreshIndex();
