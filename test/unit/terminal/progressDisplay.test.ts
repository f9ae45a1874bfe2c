import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import type { AnalysisEvent } from "../../../extension/protocol/analysisApi.ts";
import {
  type ProgressDisplay,
  progressBar,
  progressLines,
} from "../../../extension/views/terminal/progressDisplay.ts";
import { fakeAnalysis, never, run } from "../../build/commandLine.ts";
import { blockedReport } from "../../build/reports.ts";

function written(
  make: (stderr: NodeJS.WriteStream) => ProgressDisplay,
  events: readonly AnalysisEvent[],
): string {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  const display = make(stream as unknown as NodeJS.WriteStream);
  for (const event of events) display.show(event);
  display.clear();
  return String(stream.read() ?? "");
}

const at = (phase: string, fraction: number | null): AnalysisEvent => ({
  kind: "progress",
  phase,
  fraction,
});

test("a log gets a line when a phase begins and one when it is done", () => {
  const events = [
    at("taking the snapshot", 0),
    at("taking the snapshot", 0.5),
    at("taking the snapshot", 1),
    at("taking the snapshot", 1),
    at("walking the heap", null),
    at("walking the heap", null),
  ];
  expect(written(progressLines, events)).toBe(
    "leakline: taking the snapshot 0 %\nleakline: taking the snapshot 100 %\nleakline: walking the heap\n",
  );
});

test("a terminal gets a bar with phase and percentage, and its cursor back", () => {
  const text = written(progressBar, [at("taking the snapshot", 0.25)]);
  expect(text).toContain("██████░░░░░░░░░░░░░░░░░░  25 %  taking the snapshot");
  expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("\u001b[?25l"));
});

test("a phase without a known end shows no percentage", () => {
  const text = written(progressBar, [at("walking the heap", null)]);
  expect(text).toContain("walking the heap…");
  expect(text).not.toContain("%");
});

test("a phase's name can't steer the terminal", () => {
  expect(written(progressLines, [at("\u001b[2J", null)])).toBe("leakline: \\u{1b}[2J\n");
});

test("progress and remarks go to stderr and never to stdout; --quiet has neither", async () => {
  for (const [options, stderr] of [
    [[], /^leakline: .*\nleakline: walking the heap\nleakline: the inspector was closed\n$/],
    [["--quiet"], /^$/],
  ] as const) {
    const analysis = fakeAnalysis({
      async capture() {
        analysis.emit(at("walking the heap", null));
        analysis.emit({ kind: "notice", text: "the inspector was closed" });
        return blockedReport;
      },
    });
    const command = run(["blocked", "1", "--json", ...options], analysis);
    await command.exitCode;
    expect(command.stderr()).toMatch(stderr);
    expect(JSON.parse(command.stdout())).toEqual(blockedReport);
  }
});

test("an event that arrives after a signal does not bring the progress back", async () => {
  const analysis = fakeAnalysis({ capture: never });
  const command = run(["blocked", "1", "--json"], analysis);
  await vi.waitFor(() => expect(analysis.calls).toContain("capture"));
  command.signal("SIGINT");
  analysis.emit(at("too late", null));
  await command.exitCode;
  analysis.emit(at("much too late", null));
  expect(command.stderr()).not.toContain("too late");
});
