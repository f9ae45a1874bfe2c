import { setImmediate as nextTurn } from "node:timers/promises";
import { workSteadily } from "./program.js";

/** A cache with WeakRef and FinalizationRegistry done right, under steady churn. */
const cache = new Map();
const statistics = { hits: 0, misses: 0, freed: 0 };
const inUse = [];

const registry = new FinalizationRegistry(function forgetDocument(key) {
  statistics.freed++;
  // A newer document may stand under this key by now: only an empty reference goes.
  if (cache.get(key)?.deref() === undefined) cache.delete(key);
});

function documentOf(key) {
  const cached = cache.get(key)?.deref();
  if (cached) {
    statistics.hits++;
    return cached;
  }
  statistics.misses++;
  const document = { key, words: Array.from({ length: 500 }, (_, word) => `${key}-${word}`) };
  cache.set(key, new WeakRef(document));
  registry.register(document, key);
  return document;
}

await workSteadily(async (round) => {
  for (let step = 0; step < 20; step++) inUse.push(documentOf((round * 37 + step) % 5000));
  while (inUse.length > 100) inUse.shift();
  // `ready` is announced after this round: by then finalizers have been seen at work.
  while (round === 100 && statistics.freed <= 200) {
    for (let key = 5000; key < 5200; key++) documentOf(key);
    await nextTurn();
  }
}, 100);
