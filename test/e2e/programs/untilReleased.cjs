const { existsSync } = require("node:fs");
const { createServer } = require("node:http");
const { announce, collectForever } = require("../../integration/scenarios/program.cjs");
const { dropBuffers, openBuffers } = require("../../integration/scenarios/bystanders.cjs");

/**
 * `node untilReleased.cjs FILE`: its cleanup callback does not return before FILE exists, and then the
 * program goes on as if nothing had been. A request to its server answers when its loop turns.
 */
const [, , release] = process.argv;
const pause = new Int32Array(new SharedArrayBuffer(4));
let requests = 0;

const handles = new FinalizationRegistry(function closeHandle() /* CALLBACK */ {
  dropBuffers();
  announce({ ready: true, queued: 300 });
  while (!existsSync(release)) Atomics.wait(pause, 0, 0, 20); /* CULPRIT */
  announce({ released: true });
});

function openHandle(handle) {
  handles.register({ handle }, handle); /* REGISTER */
}

function answer(response) {
  requests++;
  response.end(String(requests)); /* BREAKPOINT */
}

createServer((_, response) => answer(response)).listen(0, "127.0.0.1", function () {
  announce({ port: this.address().port });
  openBuffers(300);
  openHandle(1);
  void collectForever();
});
