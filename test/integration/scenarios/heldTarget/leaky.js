import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

const inUse = [];
let closed = 0;

const files = new FinalizationRegistry(function closeFile({ descriptor }) /* CALLBACK */ {
  closed += descriptor;
});

function openFile(descriptor) {
  const file = { descriptor, bytes: new Array(100).fill(descriptor) };
  files.register(file, { descriptor, file }); /* REGISTER */
  return file;
}

function openFiles() {
  for (let descriptor = 1; descriptor <= 57; descriptor++) {
    const file = openFile(descriptor);
    if (descriptor <= 7) inUse.push(file);
  }
}

openFiles();
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 57, leaked: 50, live: inUse.length, closed });
stayAlive();
