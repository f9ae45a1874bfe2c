import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Finding } from "../../extension/protocol/finding.ts";
import type { Report } from "../../extension/protocol/report.ts";
import type { SourcePosition } from "../../extension/protocol/sourcePosition.ts";
import { aboveInfo, readBlocked } from "../build/leaklineCommand.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import {
  type ExpectedFinding,
  type MarkedLine,
  markedLines,
  type Scenario,
  type ScenarioRun,
  scenarioFile,
  scenariosFolder,
} from "../build/scenario.ts";
import { ensurePackage, type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

/** These have a test of their own: what they need is more than one reading of a running program. */
const ownTests = new Set([
  "atBreakpoint",
  "bigHeap",
  "diesHalfWay",
  "freshGarbage",
  "native",
  "nativeInCallback",
]);

const names = readdirSync(scenariosFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ownTests.has(entry.name))
  .map(({ name }) => name);

for (const name of names) {
  const { scenario } = (await import(`./scenarios/${name}/expect.ts`)) as { scenario: Scenario };
  describe(`${name}: ${scenario.summary}`, () => {
    for (const run of scenario.runs) {
      for (const [index, nodeMajor] of (run.nodeMajors ?? nodeVersions).entries()) {
        // Both ways in take turns over the runs; the tool itself runs on another version than its target.
        const inspector = (index + scenario.runs.indexOf(run)) % 2 === 0 ? "closed" : "open";
        const tool = nodeVersions[(index + 1) % nodeVersions.length] ?? 24;
        test(`${run.title} (Node ${nodeMajor}, inspector ${inspector}, Leakline on Node ${tool})`, async () => {
          const program = await start(name, run, nodeMajor, inspector);
          const { report, exitCode } = await readBlocked(program.pid, ["--snapshot"], {
            nodeMajor: tool,
          });
          expectFindings(report, name, run, program);
          expect(exitCode).toBe(aboveInfo(report).length > 0 ? 1 : 0);
          expect(report.target).toMatchObject({
            pid: program.pid,
            inspectorOpenedByLeakline: inspector === "closed",
          });
        });
      }
    }
  });
}

async function start(
  name: string,
  run: ScenarioRun,
  nodeMajor: NodeMajor,
  inspector: "open" | "closed",
): Promise<RunningProgram> {
  let script = scenarioFile(name, run.file);
  if (run.built) {
    const { buildBundles } = (await import(`./scenarios/${name}/build.ts`)) as {
      buildBundles(folder: string): Promise<void>;
    };
    const folder = await mkdtemp(join(tmpdir(), "leakline-scenario-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await buildBundles(folder);
    script = join(folder, run.file);
  }
  const packages = run.package ? [await ensurePackage(run.package.name, run.package.version)] : [];
  return startProgram({
    nodeMajor,
    script,
    args: [...packages, ...(run.args ?? [])],
    nodeFlags: run.nodeFlags ?? [],
    inspector,
  });
}

function expectFindings(
  report: Report,
  name: string,
  run: ScenarioRun,
  program: RunningProgram,
): void {
  const shown = JSON.stringify(report.findings, null, 1);
  for (const expected of run.expected) {
    const count = expected.count === undefined ? undefined : announced(program, expected.count);
    const candidates = report.findings.filter(
      (finding) => finding.kind === expected.kind && matches(finding, expected, name),
    );
    const counted = candidates.filter((finding) => count === undefined || finding.count === count);
    expect(counted, `one ${expected.kind} (count ${count}) among ${shown}`).toHaveLength(
      expected.findings ?? 1,
    );
    if (expected.blocks !== undefined) {
      expect(counted[0]?.blocks?.registrations, shown).toBe(announced(program, expected.blocks));
    }
    expect(counted[0]?.batch !== null, shown).toBe(expected.isBatch ?? false);
    if (expected.kind === "running" || expected.kind === "starved") {
      expect(counted[0]).toMatchObject({ sinceIsLowerBound: true });
      expect(counted[0]?.sinceMs).toBeGreaterThanOrEqual(200);
    }
  }
  for (const kind of run.never ?? []) {
    expect(
      report.findings.filter((finding) => finding.kind === kind),
      shown,
    ).toEqual([]);
  }
  if (run.expected.length === 0) expect(aboveInfo(report), shown).toEqual([]);
}

function matches(finding: Finding, expected: ExpectedFinding, name: string): boolean {
  const isAt = (position: SourcePosition | null, marked: MarkedLine) =>
    position !== null &&
    basename(position.file) === basename(marked.file) &&
    markedLines(name, marked).includes(position.line);
  if (expected.callback && !isAt(finding.callback, expected.callback)) return false;
  const { culprit } = expected;
  if (culprit && !finding.stack.some(({ position }) => isAt(position, culprit))) return false;
  for (const marked of expected.registeredAt ?? []) {
    if (!finding.registeredAt.some(({ position }) => isAt(position, marked))) return false;
  }
  let from = 0;
  for (const edge of expected.pathThrough ?? []) {
    const at = finding.path.findIndex((step, index) => index >= from && step.edge.includes(edge));
    if (at === -1) return false;
    from = at + 1;
  }
  return (finding.threadId !== 0) === (expected.thread === "worker");
}

function announced(program: RunningProgram, fact: string): number {
  const value = program.announcements.findLast((one) => typeof one[fact] === "number")?.[fact];
  if (typeof value !== "number") throw new Error(`The program announced no ${fact}.`);
  return value;
}
