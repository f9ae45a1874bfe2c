import { execFile } from "node:child_process";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

const files = new FinalizationRegistry((path) => void execFile("sleep", [path]));

function mount(path) {
  files.register({ path }, path);
}

openBuffers(100);
mount("600");
dropBuffers();
await collectUntil(() => countFreed() === 100);
announce({ ready: true, freed: countFreed() });
stayAlive();
