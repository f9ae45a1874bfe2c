import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type AnalysisStart, startAnalysis } from "../../extension/pipeline/startAnalysis.ts";
import { childrenOf, readCommandLine, readExecutable } from "../../extension/process/procFiles.ts";
import { nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const bundle = fileURLToPath(new URL("../../dist/analysisProcess.cjs", import.meta.url));

function start(options: AnalysisStart) {
  const before = childrenOf(process.pid);
  const analysis = startAnalysis(bundle, options);
  const pid = childrenOf(process.pid).find((child) => !before.includes(child)) ?? 0;
  onTestFinished(() => analysis.dispose());
  return { analysis, pid };
}

test.each(nodeVersions)(
  "the analysis runs on the Node that is given (%i), with its options, and ends when disposed",
  async (nodeMajor) => {
    const nodePath = nodeBinary(nodeMajor);
    const { analysis, pid } = start({ nodePath, execArgv: ["--max-old-space-size=512"] });
    expect(await analysis.bind({}).listNodeProcesses()).toBeInstanceOf(Array);
    expect(readExecutable(pid)).toBe(nodePath);
    expect(readCommandLine(pid)).toContain("--max-old-space-size=512");
    await analysis.dispose();
    expect(await analysis.ended).toMatchObject({ code: "analysis-closed" });
    await expect(analysis.bind({}).listNodeProcesses()).rejects.toMatchObject({
      code: "analysis-closed",
    });
    expect(readExecutable(pid)).toBeNull();
  },
);

test("an analysis that is killed says so to whoever waits for it, and to its calls", async () => {
  const { analysis, pid } = start({});
  await analysis.bind({}).listNodeProcesses();
  const asked = analysis.bind({}).openTarget({ target: "127.0.0.1:1", timeoutMs: 5000 });
  process.kill(pid, "SIGKILL");
  const error = await analysis.ended;
  expect(error).toMatchObject({ kind: "internal", code: "analysis-out-of-memory" });
  await expect(asked).rejects.toBe(error);
  await expect(analysis.bind({}).listNodeProcesses()).rejects.toBe(error);
});

test("an analysis that gets no memory of the system says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const nodePath = join(folder, "node");
  const script = `#!/bin/sh\nulimit -d 300000\nexec ${nodeBinary(24)} "$@"\n`;
  writeFileSync(nodePath, script, { mode: 0o755 });
  const { analysis } = start({ nodePath });
  expect(await analysis.ended).toMatchObject({ code: "analysis-out-of-memory" });
});

test("a Node that isn't there shows as an end that says why", async () => {
  const { analysis } = start({ nodePath: "/nowhere/node" });
  const error = await analysis.ended;
  expect(error).toMatchObject({ code: "analysis-ended" });
  expect(error.message).toContain("ENOENT");
  await expect(analysis.bind({}).listNodeProcesses()).rejects.toBe(error);
});
