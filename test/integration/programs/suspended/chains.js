import { promisify } from "node:util";
import { expectGroups, longMs, sourceOf } from "./program.js";

const callbacks = [];
const later = () => new Promise((resolve) => callbacks.push(resolve));
globalThis.callbacks = callbacks;

/* parse begins */ function parse(text) {
  return text;
}

/* log begins */ function log(text) {
  return text;
}

/* chained begins */ async function chained() {
  await later().then(parse).then(log); /* chained */
}

/* bothHandlers begins */ async function bothHandlers() {
  await later().then(parse, log); /* bothHandlers */
}

/* caught begins */ async function caught() {
  await later().catch(log); /* caught */
}

/* atLast begins */ async function atLast() {
  await later().finally(log); /* atLast */
}

function forked() {
  const promise = later();
  void promise.then(parse);
  void promise.then(log);
}

/* bare begins */ async function bare() {
  await later().then(undefined, undefined); /* bare */
}

class Query {
  then(resolve) {
    callbacks.push(resolve);
  }
}

/* query begins */ async function query() {
  await new Query(); /* query */
}

/* resolvedWithThenable begins */ async function resolvedWithThenable() {
  await Promise.resolve().then(() => new Query()); /* resolvedWithThenable */
}

/* resolvedWithPromise begins */ async function resolvedWithPromise() {
  await new Promise((resolve) => resolve(later())); /* resolvedWithPromise */
}

function legacy(name, callback) {
  setTimeout(callback, longMs, null, name);
}

/* promisified begins */ async function promisified() {
  await promisify(legacy)("one"); /* promisified */
}

class Later extends Promise {}

/* subclass begins */ async function subclass() {
  await new Later((resolve) => callbacks.push(resolve)); /* subclass */
}

/* subclassChain begins */ async function subclassChain() {
  await new Later((resolve) => callbacks.push(resolve)).then(parse); /* subclassChain */
}

/* bound begins */ async function bound() {
  await later().then(parse.bind(null)); /* bound */
}

void chained();
void bothHandlers();
void caught();
void atLast();
forked();
void bare();
void query();
void resolvedWithThenable();
void resolvedWithPromise();
void promisified();
void subclass();
void subclassChain();
void bound();

const { awaiting, then, finally: atEnd } = sourceOf(import.meta.url);
const waitsFor = ["queue", "callbacks[…]"];
const parsing = then("parse");
const logging = then("log");
expectGroups([
  { frames: [parsing, logging, awaiting("chained")], waitsFor },
  { frames: [parsing, awaiting("bothHandlers")], waitsFor },
  { frames: [logging, awaiting("caught")], waitsFor },
  { frames: [atEnd("log"), awaiting("atLast")], waitsFor },
  { frames: [parsing], waitsFor },
  { frames: [logging], waitsFor },
  { frames: [awaiting("bare")], waitsFor },
  { frames: [awaiting("query")], waitsFor },
  { frames: [awaiting("resolvedWithThenable")], waitsFor },
  { frames: [awaiting("resolvedWithPromise")], waitsFor },
  { frames: [awaiting("promisified")], waitsFor: ["timer", ""] },
  { frames: [awaiting("subclass")], waitsFor },
  { frames: [parsing, awaiting("subclassChain")], waitsFor },
  { frames: [parsing, awaiting("bound")], waitsFor },
]);
