import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type AnalysisStart, startAnalysis } from "../../extension/pipeline/startAnalysis.ts";
import { childrenOf, readCommandLine, readExecutable } from "../../extension/process/procFiles.ts";
import type { AnalysisEvent, OpenedTarget } from "../../extension/protocol/analysisApi.ts";
import type { ServiceMessage } from "../../extension/protocol/rpc.ts";
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

test("a call is stopped in the middle of a pass, and the next one is answered", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leakline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "large.heapsnapshot");
  const program = `globalThis.kept = Array.from({ length: 400000 }, (_, at) => ({ at, next: {} }));
    require("v8").writeHeapSnapshot(${JSON.stringify(file)});`;
  execFileSync(nodeBinary(24), ["-e", program]);
  // The messages themselves: who cancels a call is told no more of it.
  const child = fork(bundle, [], { serialization: "advanced" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const phases: string[] = [];
  const reply = (id: number) =>
    new Promise<{ readonly ok?: unknown; readonly error?: unknown }>((resolve) => {
      child.on("message", (received) => {
        const message = received as ServiceMessage<AnalysisEvent>;
        if (message.id !== id) return;
        if (message.type === "reply") resolve(message);
        else if (message.event.kind === "progress") {
          phases.push(message.event.phase);
          if (message.event.phase === "Computing dominators" && id === 2)
            child.send({ type: "cancel", id });
        }
      });
    });
  const call = (id: number, method: string, ...args: readonly unknown[]) => {
    const answer = reply(id);
    child.send({ type: "call", id, method, args });
    return answer;
  };
  const { ok } = await call(1, "openTarget", { target: file, timeoutMs: 5000 });
  const target = (ok as OpenedTarget).id;
  expect(await call(2, "capture", target)).toMatchObject({ error: { type: "cancelled" } });
  expect(phases.at(-1)).toBe("Computing dominators");
  expect((await call(3, "capture", target)).ok).toBeDefined();
  expect(phases).toContain("Adding up retained sizes");
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
