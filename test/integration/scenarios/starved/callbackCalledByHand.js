import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

const sockets = new FinalizationRegistry(closeSocket);

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor);
}

/** It is a cleanup callback, but this time ordinary code called it, from a timer. */
function closeSocket(descriptor) {
  openSocket(3);
  dropBuffers();
  collect();
  announce({ ready: true, queued: 151 });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
}

openBuffers(150);
setTimeout(function closeIdleSockets() {
  closeSocket(4);
}, 50);
