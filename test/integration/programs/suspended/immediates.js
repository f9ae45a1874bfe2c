import { setImmediate as nextTurn } from "node:timers/promises";
import { expectGroups, sourceOf } from "./program.js";

/** Met at its `await` unless it runs just then. */
/* eachTurn begins */ async function eachTurn() {
  for (;;) await nextTurn(); /* eachTurn */
}

void eachTurn();

const { awaiting } = sourceOf(import.meta.url);
expectGroups([{ frames: [awaiting("eachTurn")], waitsFor: ["immediate", ""] }]);
