import { execFileSync } from "node:child_process";
import { scrypt, subtle } from "node:crypto";
import { createSocket } from "node:dgram";
import { lookup, Resolver } from "node:dns/promises";
import { mkdtempSync } from "node:fs";
import { open, opendir, readFile, stat, watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { expectGroups, longMs, sourceOf } from "./program.js";

/** Reading from a pipe that nobody writes to, four times, leaves no thread of the pool for anything else. */
const folder = mkdtempSync(join(tmpdir(), "leakline-native-"));
const fifo = join(folder, "fifo");
execFileSync("mkfifo", [fifo]);

/* openFifo begins */ async function openFifo() {
  const file = await open(fifo); /* openFifo */
  return file;
}
/* readWhole begins */ async function readWhole() {
  return await readFile(fifo); /* readWhole */
}
/* statFile begins */ async function statFile() {
  return await stat(fifo); /* statFile */
}
/* readSome begins */ async function readSome(file) {
  const { bytesRead } = await file.read(Buffer.alloc(10)); /* readSome */
  return bytesRead;
}
/* compress begins */ async function compress() {
  return await promisify(gzip)("text"); /* compress */
}
/* hash begins */ async function hash() {
  return await subtle.digest("SHA-256", new Uint8Array(10)); /* hash */
}
/* derive begins */ async function derive() {
  return await promisify(scrypt)("a", "b", 10); /* derive */
}
/* lookUp begins */ async function lookUp() {
  return await lookup("localhost"); /* lookUp */
}
/* resolveName begins */ async function resolveName(port) {
  const resolver = new Resolver({ timeout: longMs });
  resolver.setServers([`127.0.0.1:${port}`]);
  return await resolver.resolve4("example.test"); /* resolveName */
}
/* listDirectory begins */ async function listDirectory() {
  for await (const entry of await opendir(folder)) console.log(entry); /* listDirectory */
}
/* watchFolder begins */ async function watchFolder() {
  for await (const event of watch(folder)) console.log(event); /* watchFolder */
}
/* waitAsync begins */ async function waitAsync() {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const { value } = Atomics.waitAsync(cell, 0, 0);
  globalThis.cell = cell;
  await value; /* waitAsync */
}
/* waitAsyncLost begins */ async function waitAsyncLost() {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const { value } = Atomics.waitAsync(cell, 0, 0, longMs);
  await value; /* waitAsyncLost */
}
const silent = createSocket("udp4");
await new Promise((resolve) => silent.bind(0, "127.0.0.1", resolve));
const file = await open(fifo, "r+");
for (let i = 0; i < 4; i++) void readSome(file);
void openFifo();
void readWhole();
void statFile();
void compress();
void hash();
void derive();
void lookUp();
void resolveName(silent.address().port);
void listDirectory();
void watchFolder();
void waitAsync();
void waitAsyncLost();

const { awaiting } = sourceOf(import.meta.url);
const [major] = process.versions.node.split(".");
const native = (name, label) => ({ frames: [awaiting(name)], waitsFor: ["native", label] });
expectGroups([
  {
    frames: [awaiting("readSome", { waiting: 4 })],
    count: 4,
    waitsFor: ["native", "FSReqPromise"],
  },
  native("openFifo", "FSReqPromise"),
  native("statFile", "FSReqPromise"),
  native("readWhole", major < 26 ? "FSReqPromise" : "ReadFileJob"),
  { frames: [awaiting("compress")], waitsFor: ["object", "Gzip"] },
  native("hash", major < 24 ? "HashJob" : ""),
  native("derive", "ScryptJob"),
  native("lookUp", "GetAddrInfoReqWrap"),
  native("resolveName", "QueryReqWrap"),
  native("listDirectory", "FSReqCallback"),
  native("watchFolder", "FSEvent"),
  native("waitAsync", "Atomics.waitAsync"),
  native("waitAsyncLost", "Atomics.waitAsync"),
]);
