import { fstatSync } from "node:fs";
import { Socket } from "node:net";

/**
 * A thread that ends the demo when nobody needs it any more: whoever started it closed its stdin or
 * is gone, or a long time has passed. The main thread can't do that: it is blocked, as intended.
 */
const longestLifeMs = 10 * 60_000;
const parentCheckMs = 500;

const end = () => process.kill(process.pid, "SIGKILL");

const parent = process.ppid;
setInterval(() => process.ppid === parent || end(), parentCheckMs);
setTimeout(end, longestLifeMs);

// A terminal or /dev/null says nothing about who still needs the demo.
const stdin = fstatSync(0);
if (stdin.isFIFO() || stdin.isSocket()) {
  new Socket({ fd: 0 }).on("error", end).on("close", end).resume();
}
