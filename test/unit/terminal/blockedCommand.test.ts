import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { UserError } from "../../../extension/protocol/errors.ts";
import { fakeAnalysis, never, openedFile, run } from "../../build/commandLine.ts";
import { look } from "../../build/reportParts.ts";
import {
  batchReport,
  blockedLook,
  blockedReport,
  fileReport,
  nativeLook,
  ordinaryReport,
} from "../../build/reports.ts";

const lost = new UserError("target", "target-lost", "The process ended.", "Start it again.");
const dear = look({ capture: { ...look().capture, estimatedPauseMs: 12_000 } });

const process = ["openTarget", "look", "capture", "closeTarget", "dispose"];
const lookOnly = ["openTarget", "look", "closeTarget", "dispose"];

test("a process is looked at, then captured, then closed", async () => {
  const analysis = fakeAnalysis({ look: async () => blockedLook });
  const command = run(["blocked", "4242"], analysis);
  expect(await command.exitCode).toBe(1);
  expect(analysis.calls).toEqual(process);
  expect(command.stdout()).toContain("packages/share/shareClient.ts:41:9 (closeSession)");
  expect(command.signalListeners()).toBe(0);
});

test("the first look is on stdout before the snapshot is read", async () => {
  const analysis = fakeAnalysis({ look: async () => blockedLook, capture: never });
  const command = run(["blocked", "4242"], analysis);
  await vi.waitFor(() => expect(analysis.calls).toContain("capture"));
  expect(command.stdout()).toMatch(/^First look: running/);
  command.signal("SIGTERM");
  expect(await command.exitCode).toBe(143);
});

test("a file is captured without a look", async () => {
  const analysis = fakeAnalysis({
    openTarget: async () => openedFile,
    capture: async () => fileReport,
  });
  const command = run(["blocked", "app.heapsnapshot"], analysis);
  expect(await command.exitCode).toBe(0);
  expect(analysis.calls).toEqual(["openTarget", "capture", "closeTarget", "dispose"]);
});

test("--no-snapshot only looks, and prints its report once", async () => {
  const analysis = fakeAnalysis({ look: async () => blockedLook });
  const command = run(["blocked", "4242", "--no-snapshot"], analysis);
  expect(await command.exitCode).toBe(1);
  expect(analysis.calls).toEqual(lookOnly);
  expect(command.stdout()).not.toContain("First look");
});

test("a snapshot dearer than --max-pause is not taken unasked, and the report says how to go on", async () => {
  const analysis = fakeAnalysis({ look: async () => dear });
  const command = run(["blocked", "4242"], analysis);
  expect(await command.exitCode).toBe(0);
  expect(analysis.calls).toEqual(lookOnly);
  expect(command.stdout()).toContain("stops the process for about 12 s");
  expect(command.stdout()).toContain("--max-pause 13");
});

test("the advised --max-pause is enough, and so is --snapshot", async () => {
  for (const option of [["--max-pause", "13"], ["--snapshot"]]) {
    const analysis = fakeAnalysis({ look: async () => dear });
    expect(await run(["blocked", "4242", ...option], analysis).exitCode).toBe(1);
    expect(analysis.calls).toEqual(process);
  }
});

test("a snapshot whose pause can't be estimated is not taken unasked", async () => {
  const unknown = look({ capture: { ...look().capture, estimatedPauseMs: null } });
  const analysis = fakeAnalysis({ look: async () => unknown });
  const command = run(["blocked", "4242"], analysis);
  expect(await command.exitCode).toBe(0);
  expect(analysis.calls).toEqual(lookOnly);
  expect(command.stdout()).toContain("Run again with --snapshot.");
});

test("on a terminal the user is asked, and their yes or no decides", async () => {
  for (const [answer, calls, exitCode] of [
    ["y", process, 1],
    ["n", lookOnly, 0],
  ] as const) {
    const analysis = fakeAnalysis({ look: async () => dear });
    const command = run(["blocked", "4242"], analysis, { terminal: true, columns: 200 });
    await vi.waitFor(() => expect(command.stderr()).toContain("Take a heap snapshot?"));
    expect(command.stderr()).toContain("stops the process for about 12 s");
    command.type(answer);
    expect(await command.exitCode).toBe(exitCode);
    expect(analysis.calls).toEqual(calls);
  }
});

test("Ctrl-C at the question closes the target and ends as Ctrl-C does", async () => {
  const analysis = fakeAnalysis({ look: async () => dear });
  const command = run(["blocked", "4242"], analysis, { terminal: true });
  await vi.waitFor(() => expect(command.stderr()).toContain("Take a heap snapshot?"));
  command.type("\u0003");
  expect(await command.exitCode).toBe(130);
  expect(analysis.calls).toEqual(lookOnly);
});

test("a main thread in native code ends with 3 and no snapshot is tried", async () => {
  const analysis = fakeAnalysis({ look: async () => nativeLook });
  const command = run(["blocked", "4242"], analysis);
  expect(await command.exitCode).toBe(3);
  expect(analysis.calls).toEqual(lookOnly);
  expect(command.stdout()).toMatch(/^! The main thread is in native code/);
});

test("a target that can't be opened is one line on stderr, and there is nothing to close", async () => {
  const analysis = fakeAnalysis({ openTarget: () => Promise.reject(lost) });
  const command = run(["blocked", "4242"], analysis);
  expect(await command.exitCode).toBe(3);
  expect(analysis.calls).toEqual(["openTarget", "dispose"]);
  expect(command.stderr()).toBe("leakline: The process ended. Start it again.\n");
  expect(command.stdout()).toBe("");
});

test("bad input ends with 2", async () => {
  const bad = new UserError("input", "no-process", "There is no process 1.", "Check the pid.");
  const command = run(["blocked", "1"], fakeAnalysis({ openTarget: () => Promise.reject(bad) }));
  expect(await command.exitCode).toBe(2);
});

test("a target is closed when the look fails", async () => {
  const analysis = fakeAnalysis({ look: () => Promise.reject(lost) });
  expect(await run(["blocked", "4242"], analysis).exitCode).toBe(3);
  expect(analysis.calls).toEqual(lookOnly);
});

test("a process that dies during its snapshot leaves the first look's report, and 3", async () => {
  const analysis = fakeAnalysis({
    look: async () => blockedLook,
    capture: () => Promise.reject(lost),
    closeTarget: () => Promise.reject(lost),
  });
  const command = run(["blocked", "4242", "--json"], analysis);
  expect(await command.exitCode).toBe(3);
  expect(analysis.calls).toEqual(process);
  const printed = JSON.parse(command.stdout());
  expect(printed.findings).toHaveLength(1);
  expect(printed.problems).toEqual([
    { code: "target-lost", message: "The process ended.", hint: "Start it again." },
  ]);
  expect(command.stderr().match(/The process ended/g)).toHaveLength(1);
});

test("the first signal cancels, closes and ends with 128 + its number", async () => {
  const analysis = fakeAnalysis({ look: never });
  const command = run(["blocked", "4242"], analysis);
  await vi.waitFor(() => expect(analysis.calls).toContain("look"));
  command.signal("SIGINT");
  expect(await command.exitCode).toBe(130);
  expect(analysis.calls).toEqual(["openTarget", "look", "cancel", "closeTarget", "dispose"]);
  expect(command.stdout()).toBe("");
  expect(command.exits).toEqual([]);
});

test("a signal while the target is closed does not cancel the closing", async () => {
  let close: (() => void) | undefined;
  const analysis = fakeAnalysis({
    closeTarget: () =>
      new Promise((resolve) => {
        close = () => resolve({ leftBehind: null });
      }),
  });
  const command = run(["blocked", "4242"], analysis);
  await vi.waitFor(() => expect(close).toBeDefined());
  command.signal("SIGINT");
  await setImmediate();
  close?.();
  expect(await command.exitCode).toBe(130);
  expect(analysis.calls).toEqual(process);
});

test("a second signal ends at once", async () => {
  const analysis = fakeAnalysis({ look: never, closeTarget: never });
  const command = run(["blocked", "4242"], analysis);
  await vi.waitFor(() => expect(analysis.calls).toContain("look"));
  command.signal("SIGINT");
  command.signal("SIGINT");
  expect(command.exits).toEqual([130]);
});

test("what could not be put back is said, also with --quiet", async () => {
  const analysis = fakeAnalysis({
    closeTarget: async () => ({ leftBehind: "The inspector stays open." }),
  });
  const command = run(["blocked", "4242", "--quiet"], analysis);
  await command.exitCode;
  expect(command.stderr()).toBe("leakline: The inspector stays open.\n");
});

test("--json prints exactly the report, whatever was looked at before", async () => {
  const command = run(
    ["blocked", "4242", "--json"],
    fakeAnalysis({ look: async () => blockedLook }),
  );
  expect(await command.exitCode).toBe(1);
  expect(JSON.parse(command.stdout())).toEqual(blockedReport);
  expect(command.stdout().endsWith("}\n")).toBe(true);
});

test("--fail-on replaces the bar by verdicts, attributes included", async () => {
  const exitCode = (failOn: string, capture = blockedReport) =>
    run(["--fail-on", failOn, "blocked", "1"], fakeAnalysis({ capture: async () => capture }))
      .exitCode;
  expect(await exitCode("queued")).toBe(1);
  expect(await exitCode("running,starved")).toBe(1);
  expect(await exitCode("self-retained")).toBe(0);
  expect(await exitCode("held", ordinaryReport)).toBe(1);
  expect(await exitCode("unknown", batchReport)).toBe(0);
});

test("info findings alone are no findings", async () => {
  const command = run(["blocked", "1"], fakeAnalysis({ capture: async () => ordinaryReport }));
  expect(await command.exitCode).toBe(0);
});

test("--timeout reaches the analysis in milliseconds", async () => {
  const openTarget = vi.fn(async () => openedFile);
  await run(["blocked", "x", "--timeout", "2.5"], fakeAnalysis({ openTarget })).exitCode;
  expect(openTarget).toHaveBeenCalledWith({ target: "x", timeoutMs: 2500 });
});

test("a reader of stdout that has gone is no failure", async () => {
  const command = run(["blocked", "4242", "--json"], fakeAnalysis(), { closedStdout: true });
  expect(await command.exitCode).toBe(1);
  expect(command.stderr()).not.toMatch(/EPIPE|Internal/);
});

test("a bug in us is one paragraph with the version, and 3", async () => {
  const bug = new TypeError("x is not a function");
  const command = run(["blocked", "4242"], fakeAnalysis({ look: () => Promise.reject(bug) }));
  expect(await command.exitCode).toBe(3);
  const [line, ...rest] = command.stderr().trimEnd().split("\n");
  expect(line).toMatch(
    /^leakline: Internal error: TypeError: x is not a function .* Leakline 0\.1\.0, Node v/,
  );
  expect(rest).toEqual([]);
});
