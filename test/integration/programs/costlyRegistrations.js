/**
 * Registrations whose bytes the program knows: some targets are held, some hold themselves, and some are collected
 * and wait behind a callback that does not return.
 */
import { announce, collectForever } from "../scenarios/program.cjs";

const answered = new Int32Array(new SharedArrayBuffer(4));
const shared = new Uint8Array(1_000_000);
globalThis.shared = shared;

const caches = new FinalizationRegistry(function dropCache() {});
globalThis.caches = Array.from({ length: 20 }, () => ({ bytes: new Uint8Array(100_000), shared }));
for (const cache of globalThis.caches) caches.register(cache, 1);

const selves = new FinalizationRegistry((release) => release());
function openSelf() {
  const self = { bytes: new Uint8Array(50_000), shared };
  selves.register(self, () => self.bytes);
}
for (let number = 0; number < 30; number++) openSelf();

let files = [];
const fileCleanups = new FinalizationRegistry(function closeFile() {});
// In a function of its own: a variable of the module's body would hold the last one.
function openFiles() {
  for (let number = 0; number < 40; number++) {
    const file = {};
    files.push(file);
    fileCleanups.register(file, { buffer: new Uint8Array(10_000), shared });
  }
}
openFiles();

const sockets = new FinalizationRegistry(function closeSocket() {
  files = null;
  announce({ ready: true });
  Atomics.wait(answered, 0, 0);
});
sockets.register({}, 3);
await collectForever();
