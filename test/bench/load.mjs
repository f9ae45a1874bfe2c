import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { ensureNodeVersion, ensurePackage, nodeBinary } from "../setup/nodeVersions.mjs";

/**
 * How long it takes, and how much memory, to load a snapshot with all numbers that a viewer shows first: ours and
 * the others', on the same files, in turn, each in a process of its own. `npm run bench` for all files,
 * `npm run bench -- --files 50,300 --rounds 3` for some.
 */
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "50,300,400,1200" },
    rounds: { type: "string", default: "3" },
  },
});

const runFile = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const nodeMajor = 24;
/** The others keep much on V8's heap. */
const heapLimit = "--max-old-space-size=20000";
const longestMs = 900_000;

const files = {
  50: { name: "records, 50 MB", program: records(21_000) },
  300: { name: "records, 300 MB", program: records(128_000) },
  400: { name: "TypeScript compiler", program: typescript },
  1200: { name: "records, 1.2 GB", program: records(512_000) },
};

const contenders = [
  {
    name: "Leakline",
    script: "contenders/leakline.ts",
    // As the analysis process is started.
    nodeOptions: ["--expose-gc"],
    environment: { MALLOC_MMAP_THRESHOLD_: String(1 << 20) },
  },
  {
    name: "Chrome DevTools 1.0.1705227",
    script: "contenders/devtools.ts",
    package: ["chrome-devtools-frontend", "1.0.1705227"],
  },
  { name: "memlab 2.0.5", script: "contenders/memlab.mjs", package: ["@memlab/core", "2.0.5"] },
  {
    name: "v8-heap-parser 0.1.0",
    script: "contenders/heapParser.mjs",
    package: ["@vscode/v8-heap-parser", "0.1.0"],
  },
];

function records(count) {
  return (file) => [here("programs/recordsHeap.cjs"), String(count), file];
}

async function typescript(file) {
  const packages = await ensurePackage("typescript", "5.9");
  return [here("../integration/programs/typescriptHeap.cjs"), packages, "4", file];
}

const say = (text) => console.error(text);
await ensureNodeVersion(nodeMajor, say);
const folder = await mkdtemp(join(tmpdir(), "leakline-bench-"));
try {
  for (const size of values.files.split(",")) {
    const file = join(folder, `${size}.heapsnapshot`);
    say(`Writing ${files[size].name}`);
    await runNode(await files[size].program(file));
    const bytes = (await stat(file)).size;
    const results = await runAll(file, Number(values.rounds));
    printTable(`${files[size].name}, ${megabytes(bytes)} MB`, results, bytes);
    await rm(file);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function runNode(args, environment = {}) {
  const env = { ...process.env, ...environment };
  const options = { maxBuffer: 1 << 26, timeout: longestMs, env };
  return runFile(nodeBinary(nodeMajor), [heapLimit, "--no-warnings", ...args], options);
}

/** Round by round, so that what the machine does meanwhile falls on all of them. */
async function runAll(file, rounds) {
  const results = contenders.map(({ name }) => ({ name, runs: [], failure: null }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const result = results[index];
      if (result.failure) continue;
      say(`  ${contender.name}, round ${round + 1}`);
      try {
        const packages = contender.package ? await ensurePackage(...contender.package, say) : "";
        const { nodeOptions = [], environment = {} } = contender;
        const args = [...nodeOptions, here(contender.script), join(packages, "/"), file];
        const { stdout } = await runNode(args, environment);
        result.runs.push(JSON.parse(stdout.trim().split("\n").at(-1)));
      } catch (error) {
        result.failure = failureOf(error);
      }
    }
  }
  return results;
}

function failureOf({ killed, stderr = "", message = "" }) {
  if (killed) return `not within ${longestMs / 1000} s`;
  const lines = `${stderr}\n${message}`.split("\n");
  const line = lines.find((text) => /Error|unreachable|panicked|memory/.test(text)) ?? lines[0];
  return line.trim().slice(0, 80);
}

/** Times are the middle of the rounds, peaks the highest; a ratio is how much more than ours. */
function printTable(title, results, bytes) {
  const [ours] = results.map(summary);
  console.log(`\n${title}`);
  console.log("                                 seconds   ratio    peak GB   ratio  peak ÷ file");
  for (const result of results) {
    const name = result.name.padEnd(30);
    const { seconds, peak } = summary(result);
    if (result.failure) {
      console.log(`  ${name} failed: ${result.failure}`);
      continue;
    }
    const cells = [
      seconds.toFixed(2).padStart(8),
      `${(seconds / ours.seconds).toFixed(1)}×`.padStart(8),
      (peak / 1e9).toFixed(2).padStart(10),
      `${(peak / ours.peak).toFixed(1)}×`.padStart(8),
      (peak / bytes).toFixed(2).padStart(10),
    ];
    console.log(`  ${name}${cells.join("")}`);
  }
}

function summary({ runs }) {
  const times = runs.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
  return {
    seconds: (times[Math.floor(times.length / 2)] ?? Number.NaN) / 1000,
    peak: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  };
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}
