import { addCounts, formatCounts } from "./testCounts.mjs";

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs the suites one after the other and prints what came out of each; the last line has the
 * counts of all. A suite that can't run has failed. Resolves to the exit code.
 */
export async function runSuites(suites, print = (line) => console.log(line)) {
  const outcomes = [];
  let interrupted = false;
  // The running suite is told as well, and ends in its own way; those after it are not begun.
  const interrupt = () => {
    interrupted = true;
  };
  for (const signal of stopSignals) process.on(signal, interrupt);

  for (const suite of suites) {
    const startedAtMs = performance.now();
    const missing = suite.needs.filter((name) => !outcomes.some(hasPassed(name)));
    let counts;
    let note = "";
    if (interrupted) {
      note = "not run: interrupted";
    } else if (missing.length > 0) {
      note = `not run: it needs ${missing.join(", ")}`;
    } else {
      print(`\n── ${suite.name}`);
      try {
        counts = await suite.run();
      } catch (error) {
        note = "could not run";
        print(error.message);
      }
    }
    counts ??= { passed: 0, failed: 1, skipped: 0 };
    outcomes.push({ name: suite.name, counts, note, elapsedMs: performance.now() - startedAtMs });
  }
  for (const signal of stopSignals) process.off(signal, interrupt);

  print("");
  for (const outcome of outcomes) print(describe(outcome));
  for (const { counts } of outcomes) {
    for (const test of counts.retried ?? []) print(`\nOnly when tried again: ${test}`);
    for (const failure of counts.failures ?? []) print(`\n${failure}`);
  }
  const total = outcomes.map(({ counts }) => counts).reduce(addCounts);
  print("");
  print(formatCounts(total));
  return total.failed === 0 ? 0 : 1;
}

const hasPassed = (name) => (outcome) => outcome.name === name && outcome.counts.failed === 0;

function describe({ name, counts, note, elapsedMs }) {
  const mark = counts.failed === 0 ? "ok    " : "FAILED";
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`.padStart(8);
  return `${mark} ${name.padEnd(16)}${seconds}  ${note || describeCounts(counts)}`.trimEnd();
}

/** Worded unlike the last line, so that nobody who looks for that one finds this. */
function describeCounts({ passed, failed, skipped, retried = [] }) {
  const total = passed + failed;
  if (total === 0) return "";
  return [
    failed > 0 ? `${failed} of ${total} fail` : `all of ${total}`,
    ...(retried.length > 0 ? [`${retried.length} only when tried again`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ].join(", ");
}
