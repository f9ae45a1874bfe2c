const { createServer } = require("node:http");
const { announce } = require("../../integration/scenarios/program.cjs");

/**
 * `node largeHeap.cjs MEGABYTES`: a heap whose snapshot takes some time. Nothing is wrong with it: it counts,
 * and a request to its server answers with the count when its loop turns.
 */
const rows = [];
let turns = 0;

const registry = new FinalizationRegistry(function closeRow() {});

function fillHeap(bytes) {
  while (process.memoryUsage().heapUsed < bytes) {
    const part = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `row ${id}`, next: null }));
    registry.register(part, rows.length);
    rows.push(part);
  }
}

function answer(response) {
  response.end(String(turns)); /* BREAKPOINT */
}

fillHeap(Number(process.argv[2]) * 1024 * 1024);
setInterval(() => turns++, 20);
createServer((_, response) => answer(response)).listen(0, "127.0.0.1", function () {
  announce({ ready: true, port: this.address().port });
});
