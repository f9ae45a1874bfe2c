import { EventEmitter, on, once } from "node:events";
import { expectGroups, sourceOf } from "./program.js";

class Market extends EventEmitter {}
class Desk extends EventTarget {}

const market = new Market();
const desk = new Desk();
Object.assign(globalThis, { market, desk });

/* firstTrade begins */ async function firstTrade() {
  const [price] = await once(market, "trade"); /* firstTrade */
  return price;
}

/* trades begins */ async function trades() {
  let sum = 0;
  for await (const [price] of on(market, "trade")) sum += price; /* trades */
  return sum;
}

/* untilOpen begins */ async function untilOpen() {
  await new Promise((resolve) => market.once("open", resolve)); /* untilOpen */
}

/* untilOpenOrAborted begins */ async function untilOpenOrAborted() {
  const { signal } = new AbortController();
  await once(market, "open", { signal }); /* untilOpenOrAborted */
}

/* closed begins */ async function closed() {
  /* closed */ await new Promise((resolve, reject) => {
    market.on("error", reject);
    market.on("close", resolve);
  });
}

/* order begins */ async function order() {
  /* order */ await new Promise((resolve) =>
    desk.addEventListener("order", resolve, { once: true }),
  );
}

/* firstOrder begins */ async function firstOrder() {
  const [event] = await once(desk, "first"); /* firstOrder */
  return event;
}

void firstTrade();
void trades();
for (let i = 0; i < 3; i++) void untilOpen();
void untilOpenOrAborted();
void closed();
for (let i = 0; i < 2; i++) void order();
void firstOrder();

const { awaiting } = sourceOf(import.meta.url);
expectGroups([
  { frames: [awaiting("firstTrade")], waitsFor: ["listener", '"trade" of Market'] },
  { frames: [awaiting("trades")], waitsFor: ["listener", '"trade" of Market'] },
  {
    frames: [awaiting("untilOpen", { waiting: 3 })],
    count: 3,
    waitsFor: ["listener", '"open" of Market'],
  },
  { frames: [awaiting("untilOpenOrAborted")], waitsFor: ["listener", '"open" of Market'] },
  { frames: [awaiting("closed")], waitsFor: ["listener", '"close" of Market'] },
  {
    frames: [awaiting("order", { waiting: 2 })],
    count: 2,
    waitsFor: ["listener", '"order" of Desk'],
  },
  { frames: [awaiting("firstOrder")], waitsFor: ["listener", '"first" of Desk'] },
]);
