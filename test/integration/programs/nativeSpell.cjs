const { pbkdf2Sync } = require("node:crypto");
const { createServer } = require("node:http");
const { announce } = require("../scenarios/program.cjs");

/** `node nativeSpell.cjs SECONDS`: computes in native code for so long, once, and then serves requests. */
const compute = (rounds) => pbkdf2Sync("password", "salt", rounds, 64, "sha512");
const [, , seconds] = process.argv;
const trialRounds = 200_000;
let answers = 0;

compute(1000);
const start = performance.now();
compute(trialRounds);
const roundsPerMs = trialRounds / (performance.now() - start);

createServer((_, response) => response.end(String(++answers))).listen(0, "127.0.0.1", function () {
  announce({ ready: true, port: this.address().port });
  setTimeout(() => {
    compute(Math.round(Number(seconds) * 1000 * roundsPerMs));
    announce({ unblocked: true });
  }, 50);
});
