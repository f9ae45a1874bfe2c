import { exec } from "node:child_process";
import { generateKeyPair, scrypt, subtle } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup, Resolver } from "node:dns/promises";
import { EventEmitter, on, once } from "node:events";
import { createReadStream, writeSync } from "node:fs";
import { open, opendir, readFile, stat, watch } from "node:fs/promises";
import { createServer as createHttpServer, get } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { Session } from "node:inspector/promises";
import { connect, createServer } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { setImmediate as nextTurn, scheduler, setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeHeapSnapshot } from "node:v8";
import { createContext, runInContext } from "node:vm";
import { MessageChannel, Worker } from "node:worker_threads";
import { gzip } from "node:zlib";
import { parseAstAsync } from "rolldown/parseAst";
import { longMs } from "./program.js";

/**
 * Begins everything that a program can wait for and that will come, and writes its own heap while all of it is on
 * its way, to the file that is its argument.
 */
const file = fileURLToPath(import.meta.url);
const silent = createServer(() => {}).listen(0, "127.0.0.1");
const half = createHttpServer((_, response) => response.write("half")).listen(0, "127.0.0.1");
const udp = createSocket("udp4");
await Promise.all([
  once(silent, "listening"),
  once(half, "listening"),
  new Promise((resolve) => udp.bind(0, "127.0.0.1", resolve)),
]);
const { port } = silent.address();
const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
await once(worker, "online");
const handle = await open(file);
const secret = await subtle.importKey("raw", new Uint8Array(9), "PBKDF2", false, ["deriveBits"]);
const http2 = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
const blob = new Blob(["text"]);
const cell = () => new Int32Array(new SharedArrayBuffer(4));
const kept = {};
globalThis.kept = kept;
const emptyModule = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

const inFlight = {
  readFile: () => readFile(file),
  stat: () => stat(file),
  read: () => handle.read(Buffer.alloc(1)),
  readHandle: () => handle.readFile(),
  readDirectory: async () => Array.fromAsync(await opendir(".")),
  readStream: () => createReadStream(file).toArray(),
  watchFile: () => watch(".")[Symbol.asyncIterator]().next(),
  lookup: () => lookup("localhost"),
  resolve() {
    const resolver = new Resolver({ timeout: longMs });
    resolver.setServers([`127.0.0.1:${udp.address().port}`]);
    return resolver.resolve4("example.test");
  },
  digest: () => subtle.digest("SHA-256", new Uint8Array(9)),
  deriveBits() {
    const parameters = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(9) };
    return subtle.deriveBits({ ...parameters, iterations: 1e6 }, secret, 256);
  },
  generateKey: () => subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]),
  generateKeyPair: () => promisify(generateKeyPair)("rsa", { modulusLength: 2048 }),
  scrypt: () => new Promise((resolve) => scrypt("a", "b", 9, (_, key) => resolve(key))),
  gzip: () => promisify(gzip)("text"),
  compileModule: () => WebAssembly.compile(emptyModule),
  instantiateModule: () => WebAssembly.instantiate(emptyModule),
  compileStream() {
    const body = new ReadableStream({ start: (controller) => Object.assign(kept, { controller }) });
    const headers = { "content-type": "application/wasm" };
    return WebAssembly.compileStreaming(new Response(body, { headers }));
  },
  addon: () => parseAstAsync("let one = 1;"),
  importModule: () => import("./importedModule.js"),
  waitAsync: () => Atomics.waitAsync(cell(), 0, 0).value,
  waitAsyncWithTimeout: () => Atomics.waitAsync(cell(), 0, 0, longMs).value,
  workerSnapshot: () => worker.getHeapSnapshot(),
  workerExit: () => once(worker, "exit"),
  terminate: () => worker.terminate(),
  pipeline: () => pipeline(createReadStream(file), new PassThrough(), (chunks) => chunks.toArray()),
  finished: () => finished(connect(port, "127.0.0.1")),
  mapStream: () =>
    Readable.from([1, 2])
      .map(() => wait(longMs))
      .toArray(),
  fetch: () => fetch(`http://127.0.0.1:${port}`),
  fetchWithTimeout: () =>
    fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(longMs) }),
  fetchBody: async () => (await fetch(`http://127.0.0.1:${half.address().port}`)).text(),
  httpResponse: () => new Promise((resolve) => get({ port, host: "127.0.0.1" }, resolve)),
  http2Response: () =>
    once(
      http2.request().on("error", () => {}),
      "response",
    ),
  secureConnect: () => once(connectTls({ port, host: "127.0.0.1" }), "secureConnect"),
  socketData: () => connect(port, "127.0.0.1").toArray(),
  messageOnce() {
    const { port1, port2 } = new MessageChannel();
    kept.port = port2;
    return once(port1, "message");
  },
  messageEach() {
    const { port1, port2 } = new MessageChannel();
    kept.otherPort = port2;
    return on(port1, "message").next();
  },
  broadcast: () =>
    new Promise((resolve) => {
      new BroadcastChannel("in flight").onmessage = resolve;
    }),
  abortTimeout: () => once(AbortSignal.timeout(longMs), "abort"),
  timeout: () => wait(longMs),
  timeoutWithoutReference: () => wait(longMs, null, { ref: false }),
  schedulerWait: () => scheduler.wait(longMs),
  immediate: () => nextTurn(),
  nextTick: () => new Promise((resolve) => process.nextTick(resolve)),
  microtask: () => new Promise((resolve) => queueMicrotask(resolve)),
  thenable: () => ({ then: (resolve) => setTimeout(resolve, longMs) }),
  thenableInJob: () => new Promise((resolve) => resolve({ then: (go) => setTimeout(go, longMs) })),
  processExit: () => new Promise((resolve) => process.on("exit", resolve)),
  processSignal: () => once(process, "SIGUSR2"),
  standardInput: () => process.stdin.toArray(),
  child: () => promisify(exec)("sleep 1000"),
  inspectorAnswer() {
    kept.session = new Session();
    kept.session.connect();
    kept.answer = new Promise((resolve) => Object.assign(kept, { resolve }));
    const expression = "globalThis.kept.answer";
    return kept.session.post("Runtime.evaluate", { expression, awaitPromise: true });
  },
  blobText: () => blob.text(),
  compression: () => new Response(new CompressionStream("gzip").readable).text(),
  finalization: () =>
    new Promise((resolve) => {
      kept.target = {};
      kept.registry = new FinalizationRegistry((held) => held());
      kept.registry.register(kept.target, resolve);
    }),
  weakMap: () =>
    new Promise((resolve) => {
      kept.key = {};
      kept.weakMap = new WeakMap([[kept.key, resolve]]);
    }),
  getter: () =>
    new Promise((resolve) => {
      Object.defineProperty(kept, "later", { get: () => resolve(), configurable: true });
    }),
  proxy: () =>
    new Promise((resolve) => {
      kept.proxy = new Proxy({}, { get: () => resolve() });
    }),
  bound: () =>
    new Promise((resolve) => {
      kept.bound = resolve.bind(null, 1);
    }),
  pausedGenerator: () =>
    new Promise((resolve) => {
      kept.generator = (function* () {
        yield;
        resolve();
      })();
      kept.generator.next();
    }),
  emitter: () =>
    new Promise((resolve) =>
      Object.assign(kept, { emitter: new EventEmitter().once("go", resolve) }),
    ),
  otherRealm() {
    kept.realm = createContext({});
    return runInContext("new Promise((resolve) => { globalThis.go = resolve; })", kept.realm);
  },
  realmWithQueue() {
    kept.other = createContext({}, { microtaskMode: "afterEvaluate" });
    return runInContext("new Promise((resolve) => { globalThis.go = resolve; })", kept.other);
  },
  lock: () => globalThis.navigator?.locks?.request("lock", () => wait(longMs)) ?? wait(longMs),
  suspendedWasm: () => (WebAssembly.Suspending ? runSuspending() : wait(longMs)),
};

/** Imports and calls a function that returns a promise: the module is suspended with it. */
function runSuspending() {
  const promise = new Promise((resolve) => Object.assign(kept, { ofWasm: resolve }));
  const module = new WebAssembly.Module(
    new Uint8Array([
      ...[0, 97, 115, 109, 1, 0, 0, 0],
      ...[1, 4, 1, 0x60, 0, 0],
      ...[2, 7, 1, 1, 109, 1, 102, 0, 0],
      ...[3, 2, 1, 0],
      ...[7, 7, 1, 3, 114, 117, 110, 0, 1],
      ...[10, 6, 1, 4, 0, 0x10, 0, 0x0b],
    ]),
  );
  const imports = { m: { f: new WebAssembly.Suspending(() => promise) } };
  return WebAssembly.promising(new WebAssembly.Instance(module, imports).exports.run)();
}

async function waits(begin) {
  await begin();
}

for (const begin of Object.values(inFlight)) waits(begin).catch(() => {});
writeHeapSnapshot(process.argv[2]);
const waiting = Object.keys(inFlight).length;
writeSync(1, `${JSON.stringify({ pid: process.pid, ready: true, waiting })}\n`);
