import { once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { expectGroups, sourceOf } from "./program.js";

class Source extends Readable {
  _read() {}
}
class Sink extends Writable {
  _write() {}
}

/* readAll begins */ async function readAll(source) {
  let bytes = 0;
  for await (const chunk of source) bytes += chunk.length; /* readAll */
  return bytes;
}

/* pump begins */ async function pump() {
  const [source, sink] = [new Source(), new Sink()];
  globalThis.piped = [source, sink];
  await pipeline(source, new PassThrough(), sink); /* pump */
}

/* pumpInto begins */ async function pumpInto() {
  const source = new Source();
  globalThis.counted = source;
  /* pumpInto */ /* count begins */ await pipeline(source, async function count(chunks) {
    let bytes = 0;
    for await (const chunk of chunks) bytes += chunk.length; /* count */
    return bytes;
  });
}

/* writeMuch begins */ async function writeMuch() {
  const sink = new Sink({ highWaterMark: 1 });
  globalThis.sink = sink;
  while (sink.write("more")) {}
  await once(sink, "drain"); /* writeMuch */
}

/* whenFinished begins */ async function whenFinished() {
  const sink = new Sink();
  globalThis.finishing = sink;
  await finished(sink); /* whenFinished */
}

/* readWeb begins */ async function readWeb() {
  const stream = new ReadableStream({ pull() {} });
  globalThis.webStream = stream;
  const reader = stream.getReader();
  await reader.read(); /* readWeb */
}

/* eachOfWeb begins */ async function eachOfWeb() {
  const stream = new ReadableStream();
  globalThis.iterated = stream;
  for await (const chunk of stream) console.log(chunk); /* eachOfWeb */
}

/* writeWeb begins */ async function writeWeb() {
  const stream = new WritableStream({ write: () => new Promise(() => {}) });
  globalThis.webSink = stream;
  const writer = stream.getWriter();
  void writer.write("one");
  await writer.write("two"); /* writeWeb */
}

globalThis.source = new Source();
void readAll(globalThis.source);
void pump();
globalThis.piping = pumpInto();
void writeMuch();
void whenFinished();
void readWeb();
void eachOfWeb();
void writeWeb();

const { awaiting } = sourceOf(import.meta.url);
const listener = (name, label) => ({ frames: [awaiting(name)], waitsFor: ["listener", label] });
const object = (name, label) => ({ frames: [awaiting(name)], waitsFor: ["object", label] });
expectGroups([
  listener("readAll", '"readable" of Source'),
  listener("pump", '"end" of PassThrough'),
  listener("pumpInto", '"error" of Source'),
  listener("count", '"readable" of Source'),
  listener("writeMuch", '"drain" of Sink'),
  listener("whenFinished", '"finish" of Sink'),
  object("readWeb", "ReadableStream"),
  object("eachOfWeb", "ReadableStream"),
  object("writeWeb", "WritableStream"),
]);
