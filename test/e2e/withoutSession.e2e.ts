import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import {
  blockageMessages,
  expectNoBlockageInStatusBar,
  findBlocked,
  findingRow,
  pickProcess,
  processPicker,
  putBack,
  textOf,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { runLeakline } from "../build/leaklineCommand.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";
import { markedLines, scenarioFile } from "../build/scenario.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

const demo = fileURLToPath(new URL("../../dist/demo/fileService.cjs", import.meta.url));
const demoLine = lineOf("extension/demo/shareClient.ts", /new FinalizationRegistry/);

const code = useWorkbench({});

afterEach(async () => {
  await putBack(code());
});

test.each(nodeVersions)("a blocked process of Node %i is picked by its pid", async (nodeMajor) => {
  const { editor, quickInput, notifications, statusBar, view } = code();
  const program = await startProgram({ nodeMajor, script: demo, inspector: "closed" });
  await code().runCommand("Leakline: Find blocked finalizers");
  await quickInput.waitUntilOpen(processPicker);
  await quickInput.type(`[${program.pid}]`);
  await expect
    .poll(async () =>
      (await quickInput.state())?.rows.find(({ label }) => label.includes(`[${program.pid}]`)),
    )
    .toMatchObject({
      label: `fileService.cjs [${program.pid}]`,
      description: expect.stringMatching(/^for [\d.]+ (?:s|ms|min)\b.* · inspector closed$/),
      detail: expect.stringContaining("fileService.cjs"),
    });
  await quickInput.choose(`fileService.cjs [${program.pid}]`);
  await notifications.waitFor(/^Opening the inspector of process \d+ with SIGUSR1/);
  const leakline = view("Leakline");
  await leakline.open();
  await leakline.waitForRow(/^closeSession running .* 750 waiting/);
  await leakline.click(findingRow("closeSession", "running"));
  await editor.waitForCursor("shareClient.ts", demoLine);
  await statusBar.waitFor(/closeSession blocks finalizers/);
  await expect.poll(() => blockageMessages(code())).toHaveLength(1);

  await code().runCommand("Leakline: Stop");
  await expectNoBlockageInStatusBar(code());
  await expect.poll(() => leakline.welcome()).toContain("Find Blocked Finalizers");
  // Closed again, as it was found.
  await expect
    .poll(async () => (await runLeakline(["blocked", `127.0.0.1:${program.port}`])).exitCode)
    .toBe(3);
});

test("a blocked worker thread of a process that is picked", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script: scenarioFile("workerBlocked", "leaky.js"),
    inspector: "closed",
  });
  await code().runCommand("Leakline: Attach to Node process…");
  await pickProcess(code(), program.pid);
  const leakline = code().view("Leakline");
  await leakline.open();
  const row = await leakline.waitForRow(/^closeSocket running .* 200 waiting/);
  expect(row.description).toMatch(/worker \d+$/);
  const [line] = markedLines("workerBlocked", { file: "blockedWorker.js", mark: "CULPRIT" });
  await leakline.click(new RegExp(`^closeSocket blockedWorker\\.js:${line}$`));
  await code().editor.waitForCursor("blockedWorker.js", line);
});

test("a heap snapshot file, opened by its address and read again without parsing it twice", async () => {
  const { quickInput, notifications, editor, view } = code();
  const program = await startProgram({ nodeMajor: 22, script: demo, inspector: "open" });
  const file = join(code().workspace, "demo.heapsnapshot");
  const saved = await runLeakline(["snapshot", String(program.pid), "-o", file, "--yes"]);
  expect(saved.exitCode, saved.stderr).toBe(0);
  await program.stop();

  await code().runCommand("Leakline: Open heap snapshot");
  await quickInput.waitUntilOpen(/heap snapshot/);
  await quickInput.type(file);
  await quickInput.accept();
  const leakline = view("Leakline");
  await leakline.open();
  // A file can't tell a queue that stands still from one that was about to be served.
  await leakline.waitForRow(/^freeHandle live 40 · queued 750/);
  await leakline.waitForRow(/^freeHandle queued or just collected · 750/);
  expect(textOf(await leakline.rows())).not.toMatch(/running|starved/);
  await expectNoBlockageInStatusBar(code());
  await leakline.click(/^freeHandle live/);
  await editor.waitForCursor("rowStore.ts");
  await leakline.clickTitleAction("Read again");
  await notifications.waitUntilGone(/^Leakline reads/);
  await leakline.waitForRow(/^freeHandle live 40 · queued 750/);
});

test("an inspector's address", async () => {
  const { quickInput, view } = code();
  const program = await startProgram({
    nodeMajor: 26,
    script: scenarioFile("running", "spin.js"),
    inspector: "open",
  });
  await code().runCommand("Leakline: Attach to Node process…");
  await quickInput.waitUntilOpen(processPicker);
  await quickInput.type("address");
  await quickInput.choose(/An inspector.s address/);
  await quickInput.waitUntilOpen("Leakline: the inspector's address");
  await quickInput.type("nonsense");
  await expect.poll(async () => (await quickInput.state())?.message).toContain("Give host:port");
  await quickInput.type(`127.0.0.1:${program.port}`);
  await quickInput.accept();
  const leakline = view("Leakline");
  await leakline.open();
  await leakline.waitForRow(/ running ≥ .* waiting/);
});

test("a process that ends is said to have ended, with its last reading", async () => {
  const program = await startProgram({ nodeMajor: 24, script: demo, inspector: "open" });
  const leakline = await findBlocked(code(), program.pid);
  await leakline.waitForRow(/^closeSession running .* 750 waiting/);
  await program.stop();
  await leakline.waitForRow(/^The process ended.* This is the last reading of it\.$/);
  await expectNoBlockageInStatusBar(code());
  await leakline.waitForRow(findingRow("closeSession", "running"));
});

test("an address where nobody listens is a clear failure, and the next command works", async () => {
  const { quickInput, notifications } = code();
  await code().runCommand("Leakline: Attach to Node process…");
  await quickInput.waitUntilOpen(processPicker);
  await quickInput.type("address");
  await quickInput.choose(/An inspector.s address/);
  await quickInput.waitUntilOpen("Leakline: the inspector's address");
  await quickInput.type("127.0.0.1:1");
  await quickInput.accept();
  expect(await notifications.waitFor(/^Nothing answers at 127\.0\.0\.1:1/)).toMatchObject({
    severity: "error",
  });
  await code()
    .view("Leakline")
    .waitForRow(/^Nothing answers at 127\.0\.0\.1:1/);
  await code().runCommand("Leakline: Stop");
  const program = await startProgram({ nodeMajor: 24, script: demo, inspector: "open" });
  const leakline = await findBlocked(code(), program.pid);
  await leakline.waitForRow(/^closeSession running .* 750 waiting/);
});

test("a source that is on no disk is shown from its source map", async () => {
  const { editor } = code();
  // Only what is shipped: the sources are in the maps.
  const folder = join(code().workspace, "shipped");
  cpSync(fileURLToPath(new URL("../../dist/demo", import.meta.url)), join(folder, "dist/demo"), {
    recursive: true,
  });
  const program = await startProgram({
    nodeMajor: 24,
    script: join(folder, "dist/demo/fileService.cjs"),
    inspector: "open",
  });
  const leakline = await findBlocked(code(), program.pid);
  await leakline.waitForRow(/^closeSession running .* 750 waiting/);
  await leakline.click(findingRow("closeSession", "running"));
  await editor.waitForCursor("shareClient.ts", demoLine);
  const marked = await editor.waitForLine("the mark", (one) => one.added.length > 0);
  expect(marked).toMatchObject({ line: demoLine, text: expect.stringContaining("closeSession") });
});
