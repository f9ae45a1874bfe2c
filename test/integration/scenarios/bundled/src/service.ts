import { setImmediate as nextTurn } from "node:timers/promises";
import { collect, openRows } from "./rows.ts";
import { openSocket } from "./socketPool.ts";

/** A small program of several modules, bundled and minified by build.ts. */
async function main(): Promise<void> {
  openRows(300);
  openSocket(3);
  for (;;) {
    collect();
    await nextTurn();
  }
}

void main();
