import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { AnalysisApi } from "../../../extension/protocol/analysisApi.ts";
import type { Report } from "../../../extension/protocol/report.ts";
import { fakeAnalysis, never, openedProcess, run } from "../../build/commandLine.ts";
import { finding, report } from "../../build/reportParts.ts";
import { blockedReport, ordinaryReport, running, selfRetainedReport } from "../../build/reports.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const pidFile = () => join(folder, "pid");

/** A demo that says what it is told to and then lives until it is killed. */
function demoThatSays(facts: object | null) {
  const scriptPath = join(folder, "demo.cjs");
  const line =
    facts === null
      ? "console.error('no worker threads here'); process.exit(7);"
      : `console.log('a preload says hello'); console.log(JSON.stringify({ ...${JSON.stringify(facts)}, pid: process.pid }));`;
  writeFileSync(
    scriptPath,
    `require("node:fs").writeFileSync(${JSON.stringify(pidFile())}, String(process.pid)); ${line} setInterval(() => {}, 1000);`,
  );
  return { scriptPath, nodeBinary: process.execPath };
}

const facts = (demo: string, counts: { registered: number; freed: number; live: number }) => ({
  demo,
  ready: true,
  dropped: counts.registered - counts.live,
  ...counts,
});

function isAlive(): boolean {
  try {
    return process.kill(Number(readFileSync(pidFile(), "utf8")), 0);
  } catch {
    return false;
  }
}

async function runDemo(args: readonly string[], said: object | null, found: Report) {
  const openTarget = vi.fn<AnalysisApi["openTarget"]>(async () => openedProcess);
  const analysis = fakeAnalysis({ openTarget, capture: async () => found });
  const command = run(["demo", ...args], analysis, { demo: demoThatSays(said) });
  const exitCode = await command.exitCode;
  return { exitCode, stdout: command.stdout(), stderr: command.stderr(), analysis, openTarget };
}

const blockedFacts = facts("blocked", { registered: 1500, freed: 310, live: 40 });

test("the verdict agrees with the demo's own count of what waits", async () => {
  const { exitCode, stdout, openTarget, analysis } = await runDemo([], blockedFacts, blockedReport);
  expect(stdout).toContain(
    "The demo says: running, 1,150 registrations (it made 1,500, 310 were freed, 40 are in use). Leakline found 1,150 registrations. They agree.\n",
  );
  expect(exitCode).toBe(0);
  expect(openTarget.mock.calls[0]?.[0].target).toBe(readFileSync(pidFile(), "utf8"));
  expect(analysis.calls).toEqual(["openTarget", "look", "capture", "closeTarget", "dispose"]);
  expect(isAlive()).toBe(false);
});

test("a count that differs by one is a disagreement, exit code 1", async () => {
  const { exitCode, stdout } = await runDemo([], { ...blockedFacts, freed: 309 }, blockedReport);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("They disagree: the counts differ by 1.\n");
});

test("a verdict that was not found is a disagreement", async () => {
  const { exitCode, stdout } = await runDemo([], blockedFacts, report());
  expect(exitCode).toBe(1);
  expect(stdout).toContain("They disagree: Leakline did not find running.\n");
});

test("self-retained registrations are counted", async () => {
  const said = facts("self-retained", { registered: 225, freed: 0, live: 25 });
  const { exitCode } = await runDemo(["self-retained"], said, selfRetainedReport);
  expect(exitCode).toBe(0);
});

test("the control experiment fails on any alarm", async () => {
  const said = facts("ordinary", { registered: 1200, freed: 300, live: 900 });
  expect((await runDemo(["ordinary"], said, ordinaryReport)).exitCode).toBe(0);
  const alarmed = { ...ordinaryReport, findings: [running, ...ordinaryReport.findings] };
  const { exitCode, stdout } = await runDemo(["ordinary"], said, alarmed);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("They disagree: Leakline also found running:");
});

test("held targets of one registry with several causes are added up, Node's own left out", async () => {
  const said = facts("ordinary", { registered: 1200, freed: 300, live: 900 });
  const [held = finding({ kind: "held" })] = ordinaryReport.findings;
  const internal = { file: "node:internal/util", line: 1, column: 1, function: null };
  const split = report({
    findings: [
      { ...held, id: "a", count: 860 },
      { ...held, id: "b", count: 40 },
      { ...held, id: "c", count: 5, callback: internal },
    ],
  });
  expect((await runDemo(["ordinary"], said, split)).exitCode).toBe(0);
});

test("--json prints the report alone, and the comparison goes to stderr", async () => {
  const { exitCode, stdout, stderr } = await runDemo(["--json"], blockedFacts, blockedReport);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual(blockedReport);
  expect(stderr).toContain("They agree.");
});

test("a demo that can't start ends with 3 and says why", async () => {
  const { exitCode, stderr, analysis } = await runDemo([], null, blockedReport);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("exit code 7, saying: no worker threads here");
  expect(analysis.calls).toEqual([]);
});

test("Ctrl-C kills the demo after the target was closed", async () => {
  const analysis = fakeAnalysis({ capture: never });
  const command = run(["demo"], analysis, { demo: demoThatSays(blockedFacts) });
  await vi.waitFor(() => expect(analysis.calls).toContain("capture"), 10_000);
  expect(isAlive()).toBe(true);
  command.signal("SIGINT");
  expect(await command.exitCode).toBe(130);
  expect(analysis.calls.slice(-3)).toEqual(["cancel", "closeTarget", "dispose"]);
  expect(isAlive()).toBe(false);
});
