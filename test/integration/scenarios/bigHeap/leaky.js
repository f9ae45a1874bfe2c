import { dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectForever } from "../program.cjs";

/** Fills the heap with the megabytes of its argument: half numbers, half small objects. */
const heapBytes = Number(process.argv[2] ?? 300) * 1024 * 1024;
const tables = [];

const sockets = new FinalizationRegistry(function closeSocket(descriptor) /* CALLBACK */ {
  dropBuffers();
  const heapMegabytes = Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
  announce({ ready: true, queued: 300, heapMegabytes });
  while (descriptor > 0) process.uptime(); /* CULPRIT */
});

function openSocket(descriptor) {
  sockets.register({ descriptor }, descriptor); /* REGISTER */
}

function fillHeap() {
  while (process.memoryUsage().heapUsed < heapBytes) {
    for (let id = 0; id < 100; id++) {
      tables.push({
        numbers: new Array(6000).fill(id + 0.5),
        rows: Array.from({ length: 1000 }, (_, row) => ({ id, row, next: null })),
      });
    }
  }
}

fillHeap();
openBuffers(300);
openSocket(3);
await collectForever();
