/** Writes its heap with the stacks of what it allocated: `node trackedAllocations.cjs FILE`. */
const { writeFileSync } = require("node:fs");
const inspector = require("node:inspector");
const { setTimeout: sleep } = require("node:timers/promises");

class Ticket {
  seat = {};
}

function sellTicket() {
  return new Ticket();
}

async function main(file) {
  const session = new inspector.Session();
  session.connect();
  const send = (method, parameters) =>
    new Promise((resolve, reject) => {
      session.post(method, parameters, (error) => (error ? reject(error) : resolve()));
    });
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ params }) => chunks.push(params.chunk));
  globalThis.untracked = sellTicket();
  await send("HeapProfiler.startTrackingHeapObjects", { trackAllocations: true });
  // V8 takes a sample every 50 ms.
  await sleep(200);
  globalThis.tickets = Array.from({ length: 300 }, () => sellTicket());
  await send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  // Tracking takes samples on and on, which keeps the process alive.
  session.disconnect();
  writeFileSync(file, chunks.join(""));
}

main(process.argv[2]);
