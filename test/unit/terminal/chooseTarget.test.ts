import { expect, test, vi } from "vitest";
import type { NodeProcess } from "../../../extension/protocol/analysisApi.ts";
import { fakeAnalysis, openedProcess, run } from "../../build/commandLine.ts";

const processes: readonly NodeProcess[] = [
  {
    pid: 4242,
    command: "node dist/server.cjs --port 8080",
    workingFolder: "/home/ada/shop",
    ageMs: 11_000_000,
    inspector: "127.0.0.1:9229",
  },
  {
    pid: 77,
    command: "node \u001b[2Jevil.js",
    workingFolder: null,
    ageMs: 900,
    inspector: null,
  },
];

test("without a terminal the processes are listed on stderr with what to type, and 2", async () => {
  const analysis = fakeAnalysis({ listNodeProcesses: async () => processes });
  const command = run(["blocked"], analysis);
  expect(await command.exitCode).toBe(2);
  expect(command.stdout()).toBe("");
  expect(command.stderr()).toBe(
    [
      " pid        age  inspector       working folder  command",
      "4242  3 h 3 min  127.0.0.1:9229  /home/ada/shop  node dist/server.cjs --port 8080",
      "  77     900 ms  closed                          node \\u{1b}[2Jevil.js",
      "leakline: No TARGET was given. Choose one of these: leakline blocked 4242.",
      "",
    ].join("\n"),
  );
  expect(analysis.calls).toEqual(["listNodeProcesses", "dispose"]);
});

test("no process at all is said so", async () => {
  const command = run(["blocked"], fakeAnalysis());
  expect(await command.exitCode).toBe(2);
  expect(command.stderr()).toMatch(/^leakline: No TARGET was given\. No running Node process/);
});

test("on a terminal the chosen process is opened", async () => {
  const openTarget = vi.fn(async () => openedProcess);
  const analysis = fakeAnalysis({ listNodeProcesses: async () => processes, openTarget });
  const command = run(["blocked"], analysis, { terminal: true, columns: 120 });
  await vi.waitFor(() => expect(command.stderr()).toContain("2 Node processes running"));
  command.type("\u001b[B");
  command.type("\r");
  expect(await command.exitCode).toBe(1);
  expect(openTarget).toHaveBeenCalledWith({ target: "77", timeoutMs: 10_000 });
});

test("Ctrl-C at the choice ends as Ctrl-C does, and nothing is opened", async () => {
  const analysis = fakeAnalysis({ listNodeProcesses: async () => processes });
  const command = run(["blocked"], analysis, { terminal: true });
  await vi.waitFor(() => expect(command.stderr()).toContain("2 Node processes running"));
  command.type("\u0003");
  expect(await command.exitCode).toBe(130);
  expect(analysis.calls).toEqual(["listNodeProcesses", "dispose"]);
});
