import { threadId } from "node:worker_threads";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

openBuffers(200);
dropBuffers();
await collectUntil(() => countFreed() === 200);
announce({ ready: true, freed: 200, threadId });
stayAlive();
