import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startAnalysis } from "../../extension/pipeline/startAnalysis.ts";
import packageJson from "../../package.json" with { type: "json" };
import { startProgram } from "../build/runningProgram.ts";
import { scenarioFile } from "../build/scenario.ts";
import { nodeBinary, oldestEditorNode } from "../setup/nodeVersions.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("the oldest VS Code is the one whose Node is tested", () => {
  expect(packageJson.engines.vscode).toBe("^1.96.0");
});

test("the packed extension starts in it, registers every command, and ends", async () => {
  const output = execFileSync(
    nodeBinary(oldestEditorNode),
    [join(root, "test/build/fakeVscode.cjs"), join(root, "dist/extension.cjs")],
    { encoding: "utf8", timeout: 20_000 },
  );
  const { node, commands } = JSON.parse(output);
  expect(node).toMatch(new RegExp(`^v${oldestEditorNode}\\.`));
  expect([...commands].sort()).toEqual(
    packageJson.contributes.commands.map(({ command }) => command).sort(),
  );
});

test("the analysis process reads a blocked program in it", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: scenarioFile("running", "spin.js"),
    inspector: "open",
  });
  const analysis = startAnalysis(join(root, "dist/analysisProcess.cjs"), {
    nodePath: nodeBinary(oldestEditorNode),
  });
  try {
    const api = analysis.bind({});
    const { id } = await api.openTarget({ target: `127.0.0.1:${program.port}`, timeoutMs: 10_000 });
    const report = await api.capture(id);
    expect(report.findings.map(({ kind }) => kind)).toContain("running");
    await api.closeTarget(id);
  } finally {
    await analysis.dispose();
  }
});
