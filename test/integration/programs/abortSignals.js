import { setTimeout as wait } from "node:timers/promises";
import { workSteadily } from "./program.js";

/** AbortSignals come and go by the thousand: Node keeps registries of its own for them. */
const shutdown = new AbortController();

await workSteadily(async (round) => {
  for (let task = 0; task < 20; task++) {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, shutdown.signal, AbortSignal.timeout(200)]);
    signal.addEventListener("abort", () => {}, { once: true });
    if (task % 4 === 0) controller.abort();
  }
  await wait(1, null, { signal: AbortSignal.any([shutdown.signal, AbortSignal.timeout(1000)]) });
  return round;
}, 100);
