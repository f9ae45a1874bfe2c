import { setImmediate as nextTurn } from "node:timers/promises";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collect } from "../program.cjs";

let isReady = false;

/** As busy as its twins, but it lets the event loop have its turns. */
async function refreshIndex() {
  for (;;) {
    for (let step = 0; step < 100_000; step++) process.uptime();
    await nextTurn();
    if (!isReady && countFreed() === 150) {
      isReady = true;
      announce({ ready: true, freed: 150 });
    }
  }
}

openBuffers(150);
dropBuffers();
collect();
await refreshIndex();
