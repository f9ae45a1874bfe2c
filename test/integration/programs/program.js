import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

const longestWorkMs = 3 * 60_000;
const pauseMs = 2;

/**
 * Does a round of work over and over, announces `ready` after `readyAfter` rounds, and stops
 * working (not living) after some minutes. The short pauses leave the machine to others as well.
 */
export async function workSteadily(doRound, readyAfter) {
  const end = performance.now() + longestWorkMs;
  setInterval(() => {}, 60_000);
  for (let round = 1; performance.now() < end; round++) {
    await doRound(round);
    if (round === readyAfter) announce({ ready: true, rounds: round });
    await wait(pauseMs);
  }
}

/** Tells facts about this program, in one line of its stdout. */
export function announce(facts) {
  writeSync(1, `${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}

/** Waits until a server listens on the loopback interface, and tells its port. */
export function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}
