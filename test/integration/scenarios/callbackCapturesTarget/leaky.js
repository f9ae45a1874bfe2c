import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

/** A registry for each worker, kept so that it isn't collected first, as the rules demand. */
const registries = new Set();

function startWorker(id) {
  const worker = { id, state: "started" };
  const registry = new FinalizationRegistry((name) => /* CALLBACK */ {
    closed += worker.id > 0 && name ? 1 : 0;
  });
  registry.register(worker, `worker ${id}`); /* REGISTER */
  registries.add(registry);
}

for (let id = 1; id <= 40; id++) startWorker(id);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 40, leaked: 40, live: 0, registries: registries.size, closed });
stayAlive();
