import { EventEmitter, once } from "node:events";
import { workSteadily } from "./program.js";

/** Many timers, immediates and listeners that come and go. */
const bus = new EventEmitter();
let ticks = 0;
bus.setMaxListeners(50);

await workSteadily(async (round) => {
  const listeners = Array.from({ length: 20 }, () => () => ticks++);
  for (const listener of listeners) bus.on("tick", listener);
  const timers = listeners.map((listener, index) => setTimeout(listener, index));
  const seen = once(bus, "tick");
  setImmediate(() => process.nextTick(() => bus.emit("tick", round)));
  await seen;
  for (const listener of listeners) bus.off("tick", listener);
  if (round % 2 === 0) for (const timer of timers) clearTimeout(timer);
  return ticks;
}, 100);
