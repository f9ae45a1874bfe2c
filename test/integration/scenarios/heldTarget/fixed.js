import { announce, collectUntil, stayAlive } from "../program.cjs";

const inUse = [];
let closed = 0;

const files = new FinalizationRegistry(function closeFile({ descriptor }) {
  closed += descriptor > 0 ? 1 : 0;
});

function openFile(descriptor) {
  const file = { descriptor, bytes: new Array(100).fill(descriptor) };
  files.register(file, { descriptor });
  return file;
}

function openFiles() {
  for (let descriptor = 1; descriptor <= 57; descriptor++) {
    const file = openFile(descriptor);
    if (descriptor <= 7) inUse.push(file);
  }
}

openFiles();
await collectUntil(() => closed === 50);
announce({ ready: true, registered: 57, leaked: 0, live: inUse.length, closed });
stayAlive();
