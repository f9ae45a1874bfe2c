import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HoldingPath, RetainersReport } from "../../extension/protocol/retainersReport.ts";
import type { SummaryReport } from "../../extension/protocol/summaryReport.ts";
import { createTestAnalysis } from "../build/analysis.ts";
import { runLeakline } from "../build/leaklineCommand.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/knownHeap.cjs";
const checkout = fileURLToPath(new URL("../..", import.meta.url));
const bytesOfSession = 20_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-heaps-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command with `--json`, and holds what it prints against the schema that is shipped. */
async function ask<Report>(
  schema: string,
  words: readonly string[],
): Promise<{ readonly report: Report; readonly text: string }> {
  const { exitCode, stdout, stderr } = await runLeakline([...words, "--json"]);
  expect(exitCode, stderr).toBe(0);
  const report = JSON.parse(stdout) as Report;
  const path = join(checkout, `dist/${schema}.schema.json`);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(path, "utf8")));
  validate(report);
  expect(validate.errors).toBeNull();
  return { report, text: stdout };
}

const place = (match: RegExp) => ({ file: join(checkout, script), line: lineOf(script, match) });

const namesOf = ({ steps }: HoldingPath) => steps.map(({ from, edge }) => `${from} ${edge}`);

describe.each(nodeVersions)("of a snapshot of Node %i", (nodeMajor) => {
  let file: string;
  beforeAll(async () => {
    file = join(folder, `${nodeMajor}.heapsnapshot`);
    await promisify(execFile)(nodeBinary(nodeMajor), [join(checkout, script), file]);
  });

  test("the summary has the program's classes with their counts, bytes and lines", async () => {
    const { report, text } = await ask<SummaryReport>("summaryReport", [
      ...["summary", file, "--top", "100000"],
    ]);
    const { classes, heap, registries, objects } = report;
    expect(classes.rows).toHaveLength(classes.total);
    const named = (name: string) => classes.rows.filter((row) => row.name === name);
    const [sessions, others] = named("Session");
    expect(sessions).toMatchObject({ count: 340, position: place(/^ {2}constructor\(number\)/) });
    expect(sessions?.retainedBytes).toBeGreaterThan(340 * bytesOfSession);
    expect(sessions?.retainedBytes).toBeLessThan(340 * (bytesOfSession + 1000));
    expect(others).toMatchObject({ count: 20, position: place(/^ {2}class Session/) });
    expect(named("Session")).toHaveLength(2);
    expect(named("Link")).toMatchObject([{ count: 1000, position: place(/^function Link/) }]);
    expect(named("{sku, tags}")).toMatchObject([{ count: 5000, position: null }]);
    const sizes = classes.rows.map(({ retainedBytes }) => retainedBytes);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(heap.kinds.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(heap.bytes);
    expect(classes.rows.reduce((sum, { shallowBytes }) => sum + shallowBytes, 0)).toBe(heap.bytes);
    expect(registries).toMatchObject({ registries: 1, live: 70, queued: 0 });
    expect(objects[0]).toMatchObject({ name: "Map" });
    expect(objects[0]?.retainedBytes).toBeGreaterThan(300 * bytesOfSession);
    expect(text).not.toContain("password");
  });

  test("the objects of a class are held in the ways that the program made", async () => {
    const { report, text } = await ask<RetainersReport>("retainersReport", [
      ...["retainers", file, "--class", "Session", "--depth", "3"],
    ]);
    const { classes, paths, retainers } = report;
    expect(classes.map(({ count }) => count)).toEqual([340, 20]);
    expect(paths).toMatchObject({ total: 3, unheld: 0, hasMore: false });
    const [ofMap, ofBus, ofList] = paths.rows;
    expect(paths.rows.map(({ count }) => count)).toEqual([300, 40, 20]);
    expect(ofMap && namesOf(ofMap)).toEqual(["globalThis sessions", "Map entry"]);
    expect(ofList && namesOf(ofList)).toEqual([
      ...["globalThis others", expect.stringMatching(/^Array \[\d+\]$/)],
    ]);
    expect(ofBus && namesOf(ofBus).slice(0, 3)).toEqual([
      ...["globalThis bus", "EventEmitter _events", "Object tick"],
    ]);
    expect(ofBus && namesOf(ofBus).slice(-2)).toEqual(["function onTick() scope", "scope session"]);
    const listener = ofBus?.steps.find(({ to }) => to === "function onTick()");
    expect(listener?.position).toMatchObject(place(/function onTick/));
    expect(ofMap?.retainedBytes).toBeGreaterThan(300 * bytesOfSession);
    const scopes = retainers.rows.find(({ holder }) => holder === "scope");
    expect(scopes).toMatchObject({ depth: 1, edge: "session", holders: 40, held: 40 });
    expect(text).not.toContain("password");
  });

  test("one object is followed from the summary to what holds it", async () => {
    const { report: summary } = await ask<SummaryReport>("summaryReport", ["summary", file]);
    const map = summary.objects.find(({ name }) => name === "Map");
    const { report } = await ask<RetainersReport>("retainersReport", [
      ...["retainers", file, "--id", `@${map?.objectId}`],
    ]);
    expect(report.object).toEqual(map);
    expect(report.paths.rows.map(namesOf)).toContainEqual(["globalThis sessions"]);
    expect(report.dominators.rows[0]).toMatchObject({ name: "globalThis" });
    expect(report.retainers.rows[0]).toMatchObject({ depth: 1, edge: "sessions" });
  });

  test("the text says the same, without colours into a pipe", async () => {
    const { stdout } = await runLeakline(["summary", file, "--filter", "session"]);
    expect(stdout).toMatch(/^ +\S+ MB +\S+ kB +340 +\d+ +Session +\S*knownHeap\.cjs:\d+:\d+$/m);
    expect(stdout).toMatch(/^1 FinalizationRegistry: 70 live, 0 queued/m);
    const { stdout: held, stderr } = await runLeakline(["retainers", file, "--class", "Link"]);
    expect(held).toMatch(/^Link: 1,000 objects$/m);
    expect(held).toMatch(/^ {2}999 objects, \S+ kB, for example$/m);
    expect(held).toMatch(/^ {2}├─ next in 999 × Link {2}holds 999, /m);
    expect(held).not.toContain("\u001b");
    expect(stderr).toContain("leakline: Reading the snapshot 100 %");
  });
});

test("what isn't there, and what is no snapshot, ends with 2 and what to do", async () => {
  const file = join(folder, "24.heapsnapshot");
  const wrong = async (...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await runLeakline([...words, "--quiet"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    return stderr;
  };
  expect(await wrong("retainers", file, "--class", "session")).toContain("Did you mean Session");
  expect(await wrong("retainers", file, "--id", "4294967295")).toContain("no object @4294967295");
  expect(await wrong("summary", join(checkout, "package.json"))).toContain("heap snapshot");
  expect(await wrong("summary", join(folder, "gone"))).toContain("There is no file");
  expect(await wrong("summary", String(process.pid))).toContain(
    `leakline snapshot ${process.pid} -o app.heapsnapshot`,
  );
});

test("the heap of a process's newest capture is asked like a file's", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: join(checkout, "test/integration/programs/costlyRegistrations.js"),
    inspector: "open",
  });
  const { api, open } = createTestAnalysis();
  const { id } = await open(program.pid);
  const request = { sort: "count", filter: "Registry", from: 0, count: 9, objects: 0 } as const;
  await expect(api.summary(id, request)).rejects.toMatchObject({ code: "no-snapshot-yet" });
  await api.capture(id);
  const { classes, registries, target, capture } = await api.summary(id, request);
  expect(target).toMatchObject({ kind: "process", pid: program.pid });
  expect(capture).toMatchObject({ level: "capture", pauseMs: expect.any(Number) });
  expect(registries).toMatchObject({ registries: 4, queued: 40 });
  expect(classes.rows[0]?.name).toBe("FinalizationRegistry");
  const depth = { depth: 1, from: 0, count: 9, pathsFrom: 0, pathCount: 9 };
  const { paths } = await api.classRetainers(id, "FinalizationRegistry", depth);
  const ends = paths.rows.map((path) => namesOf(path).at(-1));
  expect(ends).toEqual(expect.arrayContaining(["scope selves", "scope fileCleanups"]));
});
