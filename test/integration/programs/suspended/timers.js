import { setInterval as every, setTimeout as wait } from "node:timers/promises";
import { expectGroups, longMs, sourceOf } from "./program.js";

/** Whatever a timer wakes. */
/* byHand begins */ async function byHand() {
  await new Promise((resolve) => setTimeout(resolve, longMs)); /* byHand */
}

/* withoutReference begins */ async function withoutReference() {
  await new Promise((resolve) => setTimeout(resolve, longMs).unref()); /* withoutReference */
}

/* byModule begins */ async function byModule() {
  await wait(longMs); /* byModule */
}

/* withSignal begins */ async function withSignal() {
  await wait(longMs, null, { signal: new AbortController().signal }); /* withSignal */
}

/* eachTick begins */ async function eachTick() {
  /* eachTick */ for await (const _ of every(longMs)) {
    throw new Error("It ticked.");
  }
}

/* untilTimeout begins */ async function untilTimeout() {
  const signal = AbortSignal.timeout(longMs);
  await new Promise((_, reject) => signal.addEventListener("abort", reject)); /* untilTimeout */
}

for (let i = 0; i < 3; i++) void byHand();
void withoutReference();
void byModule();
void withSignal();
void eachTick();
globalThis.signalled = untilTimeout();

const { awaiting } = sourceOf(import.meta.url);
const timer = ["timer", ""];
expectGroups([
  { frames: [awaiting("byHand", { waiting: 3 })], count: 3, waitsFor: timer },
  { frames: [awaiting("withoutReference")], waitsFor: timer },
  { frames: [awaiting("byModule")], waitsFor: timer },
  { frames: [awaiting("withSignal")], waitsFor: timer },
  { frames: [awaiting("eachTick")], waitsFor: timer },
  { frames: [awaiting("untilTimeout")], waitsFor: ["listener", '"abort" of AbortSignal'] },
]);
