const { writeSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { setImmediate: nextTurn } = require("node:timers/promises");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Tells facts about this program, in one line; also from a thread that is about to block. */
function announce(facts) {
  writeSync(1, `${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}

/** Collects, one turn of the event loop after the other. */
async function collectUntil(done) {
  while (!done()) {
    collect();
    await nextTurn();
  }
}

/** Collects until the program is killed. */
const collectForever = () => collectUntil(() => false);

/** For a program that has done its part: it lives on and does nothing. */
function stayAlive() {
  setInterval(() => {}, 1000);
}

/** Calls `commands[word](argument)` for each line of stdin: a word, then perhaps an argument. */
function obey(commands) {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const [word, ...rest] = line.split(" ");
    commands[word]?.(rest.join(" "));
  });
}

module.exports = { announce, collect, collectUntil, collectForever, stayAlive, obey };
