import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

/** One registry for all workers: what its callback needs comes as the held value. */
const registry = new FinalizationRegistry((name) => {
  closed += name ? 1 : 0;
});

function startWorker(id) {
  const worker = { id, state: "started" };
  registry.register(worker, `worker ${id}`);
}

for (let id = 1; id <= 40; id++) startWorker(id);
await collectUntil(() => closed === 40);
announce({ ready: true, registered: 40, leaked: 0, live: 0, closed });
stayAlive();
