import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fakeAnalysis, openedFile, run } from "../../build/commandLine.ts";
import { look } from "../../build/reportParts.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const dear = look({ capture: { ...look().capture, estimatedPauseMs: 12_000 } });
const saved = ["openTarget", "look", "saveSnapshot", "closeTarget", "dispose"];
const refused = ["openTarget", "look", "closeTarget", "dispose"];

test("the file's path, size and pause are printed", async () => {
  const path = join(folder, "new.heapsnapshot");
  const analysis = fakeAnalysis({
    saveSnapshot: async () => ({
      path,
      bytes: 34_200_000,
      pauseMs: 1240,
      answeredBy: "pause and stream",
    }),
  });
  const command = run(["snapshot", "4242", "-o", path], analysis);
  expect(await command.exitCode).toBe(0);
  expect(analysis.calls).toEqual(saved);
  expect(command.stdout().split("\n")[0]).toBe(path);
  expect(command.stdout()).toContain("34.2 MB; the process stopped for 1.2 s");
  expect(command.stdout()).toContain("secrets included");
});

test("a relative path begins at the working folder, and --json names the target too", async () => {
  const saveSnapshot = vi.fn(async (_target: unknown, path: string) => ({
    path,
    bytes: 1,
    pauseMs: 2,
    answeredBy: "stream",
  }));
  const command = run(["snapshot", "4242", "-o", `../../..${folder}/a.heapsnapshot`, "--json"], {
    ...fakeAnalysis({ saveSnapshot }),
  });
  expect(await command.exitCode).toBe(0);
  expect(saveSnapshot).toHaveBeenCalledWith(1, join(folder, "a.heapsnapshot"));
  expect(JSON.parse(command.stdout())).toEqual({
    schemaVersion: 1,
    tool: look().tool,
    target: look().target,
    snapshot: { path: join(folder, "a.heapsnapshot"), bytes: 1, pauseMs: 2, answeredBy: "stream" },
  });
});

test("a file that exists is replaced with --force only, and the target is not touched before", async () => {
  const path = join(folder, "old.heapsnapshot");
  writeFileSync(path, "old");
  const analysis = fakeAnalysis();
  const command = run(["snapshot", "4242", "-o", path], analysis);
  expect(await command.exitCode).toBe(2);
  expect(analysis.calls).toEqual([]);
  expect(command.stderr()).toBe(
    `leakline: ${path} exists already. Choose another name, or replace it with --force.\n`,
  );
  expect(await run(["snapshot", "4242", "-o", path, "--force"], analysis).exitCode).toBe(0);
});

test("a folder, or a folder that doesn't exist, is refused before the target is touched", async () => {
  for (const path of [folder, join(folder, "missing", "a.heapsnapshot")]) {
    const analysis = fakeAnalysis();
    const command = run(["snapshot", "4242", "-o", path, "--force"], analysis);
    expect(await command.exitCode).toBe(2);
    expect(command.stderr()).toMatch(/^leakline: .* can't be written: .*\n$/);
    expect(analysis.calls).toEqual([]);
  }
});

test("a long pause needs a yes: from --yes, --max-pause or a terminal", async () => {
  const args = ["snapshot", "4242", "-o", join(folder, "dear.heapsnapshot")];
  const unasked = fakeAnalysis({ look: async () => dear });
  const command = run(args, unasked);
  expect(await command.exitCode).toBe(2);
  expect(unasked.calls).toEqual(refused);
  expect(command.stderr()).toMatch(/about 12 s.*--yes, or with --max-pause 13\.\n$/);

  for (const option of [["--yes"], ["--max-pause", "13"]]) {
    const allowed = fakeAnalysis({ look: async () => dear });
    expect(await run([...args, ...option], allowed).exitCode).toBe(0);
    expect(allowed.calls).toEqual(saved);
  }

  for (const [answer, calls] of [
    ["y", saved],
    ["n", refused],
  ] as const) {
    const asked = fakeAnalysis({ look: async () => dear });
    const onTerminal = run(args, asked, { terminal: true });
    await vi.waitFor(() => expect(onTerminal.stderr()).toContain("Take a heap snapshot?"));
    onTerminal.type(answer);
    expect(await onTerminal.exitCode).toBe(answer === "y" ? 0 : 2);
    expect(asked.calls).toEqual(calls);
  }
});

test("a snapshot file is no target for a snapshot", async () => {
  const analysis = fakeAnalysis({ openTarget: async () => openedFile });
  const command = run(["snapshot", "a.heapsnapshot", "-o", join(folder, "b")], analysis);
  expect(await command.exitCode).toBe(2);
  expect(analysis.calls).toEqual(["openTarget", "closeTarget", "dispose"]);
});
