import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import type { AsyncReport } from "../../extension/protocol/asyncReport.ts";
import { readAsync } from "../build/leaklineCommand.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { ensurePackage, nodeVersions } from "../setup/nodeVersions.mjs";

const programs = fileURLToPath(new URL("programs/suspended/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "leakline-async-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each knows which of its functions are suspended where, and announces it. */
const titles = {
  "timers.js": "timers of every kind, with and without signals",
  "sockets.js": "sockets, requests without an answer and request handlers",
  "emitters.js": "events of emitters and event targets",
  "streams.js": "streams of Node and of the web",
  "locks.js": "locks and clients with queues of every shape",
  "pools.js": "a pool, a semaphore and locks by name",
  "combinators.js": "promises of several promises, some of them settled",
  "chains.js": "then, catch, finally, thenables and promisified callbacks",
  "generators.js": "generators at await, at yield and not begun",
  "iterators.js": "promises that the language waits for on behalf of iterators",
  "functionKinds.js": "methods, arrows, private and anonymous functions",
  "sharedPromises.js": "one promise that hundreds wait for, and recursion",
  "deadlocks.js": "circles of functions that wait for each other",
  "lost.js": "promises that nobody can settle any more",
  "keptPromises.js": "promises that are kept in all sorts of places, and that nobody can settle",
  "native.js": "files, names, keys and archives that native code works on",
  "processes.js": "child processes",
  "workers.js": "workers, ports and channels",
  "topLevelAwait.js": "modules that wait at their top level, and who imports them",
  "contexts.js": "asynchronous contexts, another realm and generated code",
} as const;

/** The same with packages of the cache, whose folders are their arguments. */
const withPackages = {
  "pgPool.js": [
    ["pg-pool", "2.0.6"],
    ["pg", "8.16.3"],
  ],
  "express.js": [["express", "5.1.0"]],
  "undici.js": [["undici", "7.16.0"]],
} as const;

/** What is compared of a group; frames inside of Node differ from version to version. */
interface ComparedGroup {
  readonly frames: readonly {
    readonly kind: string;
    readonly function: string | null;
    readonly file: string | null;
    readonly begins: number | null;
    readonly stands: readonly number[];
    readonly waiting: number;
    readonly repeated: number;
  }[];
  readonly count: number;
  readonly threadId: number;
  readonly waitsFor: readonly [kind: string, label: string];
  readonly settledBy: string;
  readonly isCycle: boolean;
}

const ofFunctions: ReadonlySet<string> = new Set(["await", "yield", "then", "finally"]);

const groupsIn = ({ groups }: AsyncReport): readonly ComparedGroup[] =>
  groups
    .filter(({ internal }) => !internal)
    .map(({ frames, count, threadId, waitsFor, settledBy, isCycle }) => ({
      frames: frames
        .filter(({ kind, internal }) => !(internal && ofFunctions.has(kind)))
        .map(({ kind, function: name, position, awaits, waiting, repeated }) => ({
          kind,
          function: name,
          file: position && basename(position.file),
          begins: position?.line ?? null,
          stands: awaits.map((one) => one.position.line),
          waiting,
          repeated,
        })),
      count,
      threadId,
      waitsFor: [waitsFor.kind, waitsFor.label] as const,
      settledBy,
      isCycle,
    }));

const expectedBy = ({ ready }: RunningProgram): readonly ComparedGroup[] =>
  ready["expected"] as readonly ComparedGroup[];

const inOrder = (groups: readonly ComparedGroup[]) => {
  const key = ({ frames, count, waitsFor }: ComparedGroup) =>
    JSON.stringify([frames.map((one) => [one.function, one.begins, one.stands]), waitsFor, count]);
  return groups.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
};

/** A file has no positions inside of functions. */
const withoutStands = (groups: readonly ComparedGroup[]) =>
  groups.map((group) => ({
    ...group,
    frames: group.frames.map((frame) => ({ ...frame, stands: [] })),
  }));

const neverResumed = (groups: readonly ComparedGroup[]) =>
  groups.filter(({ settledBy }) => settledBy !== "program");

function expectGroups(
  { report, exitCode }: Awaited<ReturnType<typeof readAsync>>,
  expected: readonly ComparedGroup[],
): void {
  expect(inOrder(groupsIn(report))).toEqual(inOrder(expected));
  expect(report.findings.map(({ kind, count }) => [kind, count]).toSorted()).toEqual(
    neverResumed(expected)
      .map(({ count }) => ["suspended", count])
      .toSorted(),
  );
  expect(exitCode).toBe(neverResumed(expected).length > 0 ? 1 : 0);
}

describe.each(nodeVersions)("on Node %i", (nodeMajor) => {
  // Both ways in take turns; the tool itself runs on another version than its target.
  const tool = nodeVersions[(nodeVersions.indexOf(nodeMajor) + 1) % nodeVersions.length] ?? 24;
  const inspectorFor = (name: string) =>
    (name.length + nodeMajor / 2) % 2 === 0 ? "closed" : "open";

  test.each(Object.entries(titles))("%s: %s, live and from a file", async (file) => {
    const inspector = inspectorFor(file);
    const program = await startProgram({ nodeMajor, script: `${programs}${file}`, inspector });
    const expected = expectedBy(program);
    const ports = listeningSockets(program.pid).map(({ localPort }) => localPort);
    expectGroups(await readAsync(program.pid, ["--snapshot"], { nodeMajor: tool }), expected);
    expect(listeningSockets(program.pid).map(({ localPort }) => localPort)).toEqual(ports);
    expect(process.kill(program.pid, 0), "the program lives on").toBe(true);

    const path = join(folder, `${nodeMajor}-${file}.heapsnapshot`);
    program.send(path);
    await program.waitForAnnouncement((one) => one["written"] === path);
    await program.stop();
    expectGroups(await readAsync(path, [], { nodeMajor: tool }), withoutStands(expected));
    rmSync(path);
  });

  test.each(Object.entries(withPackages))(
    "%s: the stacks reach the lines of whoever uses a package",
    async (file, packages) => {
      const folders = packages.map(([name, version]) => ensurePackage(name, version));
      const program = await startProgram({
        nodeMajor,
        script: `${programs}${file}`,
        args: await Promise.all(folders),
        inspector: inspectorFor(file),
      });
      const { report, exitCode } = await readAsync(program.pid, ["--snapshot"], {
        nodeMajor: tool,
      });
      const own = groupsIn(report)
        .map((group) => ({ ...group, frames: group.frames.filter((one) => one.file === file) }))
        .filter(({ frames }) => frames.length > 0);
      expect(inOrder(own)).toEqual(inOrder(expectedBy(program)));
      expect(report.findings).toEqual([]);
      expect(exitCode).toBe(0);
    },
  );

  test("nothing that will come is said never to come", async () => {
    const path = join(folder, `${nodeMajor}-inFlight.heapsnapshot`);
    const script = `${programs}inFlight.js`;
    const program = await startProgram({ nodeMajor, script, args: [path], inspector: "closed" });
    const { report, exitCode } = await readAsync(path, [], { nodeMajor: tool });
    const waiting = report.groups
      .flatMap(({ frames }) => frames.filter((frame) => frame.function === "waits"))
      .reduce((sum, frame) => sum + frame.waiting, 0);
    expect(waiting).toBe(program.ready["waiting"]);
    expect(report.findings).toEqual([]);
    expect(exitCode).toBe(0);
    rmSync(path);
  });

  test("bundled and minified TypeScript: the lines are those of the sources", async () => {
    const sources = `${programs}bundled`;
    const script = join(folder, `${nodeMajor}.mjs`);
    await build({
      entryPoints: [`${sources}/jobs.ts`],
      outfile: script,
      bundle: true,
      minify: true,
      sourcemap: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "silent",
    });
    const program = await startProgram({
      nodeMajor,
      script,
      args: [sources],
      inspector: inspectorFor("jobs.ts"),
    });
    const live = await readAsync(program.pid, ["--snapshot"], { nodeMajor: tool });
    expectGroups(live, expectedBy(program));
  });

  test("the suspended functions of worker threads", async () => {
    const program = await startProgram({
      nodeMajor,
      script: `${programs}threads.js`,
      inspector: inspectorFor("threads.js"),
    });
    const words = ["--snapshot", "--workers"];
    expectGroups(await readAsync(program.pid, words, { nodeMajor: tool }), expectedBy(program));
  });

  test("setImmediate, again and again", async () => {
    const program = await startProgram({
      nodeMajor,
      script: `${programs}immediates.js`,
      inspector: inspectorFor("immediates.js"),
    });
    let met: readonly ComparedGroup[] = [];
    for (let tries = 0; tries < 10 && met.length === 0; tries++) {
      const { report } = await readAsync(program.pid, ["--snapshot"], { nodeMajor: tool });
      met = groupsIn(report);
    }
    expect(met).toEqual(expectedBy(program));
  });

  test("a thread that never comes to an end with its microtasks", async () => {
    const program = await startProgram({
      nodeMajor,
      script: `${programs}flood.js`,
      inspector: inspectorFor("flood.js"),
    });
    const { report } = await readAsync(program.pid, ["--snapshot"], { nodeMajor: tool });
    const isFlood = ({ frames }: ComparedGroup) =>
      ["flood", "numbers", "sum"].includes(frames[0]?.function ?? "");
    expect(groupsIn(report).filter((group) => !isFlood(group))).toEqual(expectedBy(program));
    expect(report.findings).toEqual([]);
  });

  test("a hundred thousand requests that wait for a connection", async () => {
    const requests = 100_000;
    const program = await startProgram({
      nodeMajor,
      script: `${programs}manyRequests.js`,
      args: [String(requests)],
      inspector: inspectorFor("manyRequests.js"),
    });
    const options = { nodeMajor: tool, deadlineMs: 110_000 };
    const live = await readAsync(program.pid, ["--snapshot"], options);
    expectGroups(live, expectedBy(program));
    expect(live.report.suspendedFunctions).toBe(3 * requests);
    expect(process.kill(program.pid, 0), "the program lives on").toBe(true);
  });
});
