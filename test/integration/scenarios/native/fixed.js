import { execFile } from "node:child_process";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

openBuffers(100);
execFile("sleep", ["600"]);
dropBuffers();
await collectUntil(() => countFreed() === 100);
announce({ ready: true, freed: countFreed() });
stayAlive();
