import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { formatCount } from "../../extension/base/count.ts";
import {
  blockageMessages,
  expectNoBlockageInStatusBar,
  findBlocked,
  findingRow,
  putBack,
  readAgain,
  textOf,
  waitForBadge,
  waitForBlockage,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { lineOf } from "../build/lineOf.ts";
import { nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const release = "release";
const demo = join(root, "dist/demo/fileService.cjs");
const program = (name: string) => join(root, "test/e2e/programs", name);
const node = (name: string, file: string, more: object = {}) => ({
  type: "node",
  request: "launch",
  name,
  program: file,
  ...more,
});
/** A program that is about to block writes past the console. */
const printed = { outputCapture: "std" };
const untilReleased = { ...printed, args: ["${workspaceFolder}/release"] };

const code = useWorkbench({
  launch: [
    node("Demo", demo),
    ...nodeVersions.map((major) =>
      node(`Demo on Node ${major}`, demo, { runtimeExecutable: nodeBinary(major) }),
    ),
    node("Until released", program("untilReleased.cjs"), untilReleased),
    node("Worker", join(root, "test/integration/scenarios/workerBlocked/leaky.js"), printed),
    node("Child", program("forks.cjs"), untilReleased),
    node("Stepper", program("stepper.cjs")),
  ],
});

/** Nothing in the editor says so: a plain configuration does not show what it prints. */
const untilDemoIsBlocked = () => code().page.waitForTimeout(4000);

const releaseNow = () => writeFileSync(join(code().workspace, release), "");

afterEach(async () => {
  await putBack(code());
  rmSync(join(code().workspace, release), { force: true });
});

describe("a plain launch configuration", () => {
  test.each(["Demo", ...nodeVersions.map((major) => `Demo on Node ${major}`)])(
    "%s: the guilty line in the side bar, in the editor, in the status bar and in one message",
    async (name) => {
      const { debug, editor, statusBar, notifications } = code();
      await (name === "Demo" ? debug.start() : debug.start(name));
      await debug.waitUntilRunning();
      await untilDemoIsBlocked();
      const view = await findBlocked(code());
      const row = await waitForBlockage(code(), /^closeSession running .* 750 waiting/);
      expect(row).toMatchObject({ level: 2, icon: "error" });
      expect(row.description).toMatch(/^running ≥ .+ · 750 waiting · shareClient\.ts:\d+$/);
      await waitForBadge(code(), 1);

      await view.click(findingRow("closeSession", "running"));
      const line = lineOf("extension/demo/shareClient.ts", /new FinalizationRegistry/);
      await editor.waitForCursor("shareClient.ts", line);
      const marked = await editor.waitForLine("the mark", (one) =>
        one.added.some((text) => text.includes("closeSession blocks finalizers")),
      );
      expect(marked.line).toBe(line);
      expect(marked.added.join()).toContain(`${formatCount(750)} waiting`);
      expect(marked.gutter).toEqual(["data:image"]);
      const stuckLine = lineOf("extension/demo/shareClient.ts", /Atomics\.wait\(/);
      await view.click(/^ask shareClient\.ts/);
      await editor.waitForCursor("shareClient.ts", stuckLine);
      const stuck = await editor.waitForLine("the stuck line", (one) =>
        one.added.join().includes("the thread is stuck here"),
      );
      expect(stuck.line).toBe(stuckLine);
      expect(stuck.gutter).toEqual(["data:image"]);

      expect(await statusBar.waitFor(/closeSession blocks finalizers ≥/)).toMatchObject({
        kind: "error",
      });
      // Some looks later it is still the same one.
      await code().page.waitForTimeout(5000);
      await expect.poll(() => blockageMessages(code())).toHaveLength(1);
      await notifications.clear();

      await debug.stopAll();
      await debug.waitUntilEnded();
      await expectNoBlockageInStatusBar(code());
      await waitForBadge(code(), 0);
    },
  );
});

test("the age ticks while the program is blocked, and all signs clear when it goes on", async () => {
  const { debug, statusBar } = code();
  await debug.start("Until released");
  await debug.waitForConsole(/"ready":true/);
  const view = await findBlocked(code());
  const first = await view.waitForRow(/^closeHandle running .* 300 waiting/);
  await view.waitForRows("an older age", (rows) =>
    rows.some(({ text, description }) => text === first.text && description !== first.description),
  );
  await statusBar.waitFor(/closeHandle blocks finalizers/);
  releaseNow();
  await debug.waitForConsole(/"released":true/);
  await view.waitForRow("No finalizer is blocked");
  await expectNoBlockageInStatusBar(code());
  await waitForBadge(code(), 0);
  // Read again, the queue is gone as well.
  await view.clickTitleAction("Read again");
  await view.waitForRow(/^freeBuffer live 0 · queued 0/);
});

test("a blocked worker thread is named with its own line, and the main thread is not blamed", async () => {
  const { debug } = code();
  await debug.start("Worker");
  await debug.waitForConsole(/"ready":true/);
  const view = await findBlocked(code());
  const row = await view.waitForRow(/^closeSocket running .* 200 waiting/);
  expect(row.description).toContain("blockedWorker.js:");
  expect(row.description).toMatch(/worker \d+$/);
  await expect.poll(() => blockageMessages(code())).toHaveLength(1);
});

test("the child process of a session is read with it", async () => {
  const { debug } = code();
  await debug.start("Child");
  await debug.waitForConsole(/"ready":true/);
  const view = await findBlocked(code());
  await view.waitForRow(/^closeHandle running .* 300 waiting/);
  const targets = async () => (await view.rows()).filter(({ level }) => level === 1);
  await expect
    .poll(async () => (await targets()).map(({ text }) => text.replace(/\d+/, "N")).sort())
    .toEqual(["forks.cjs [N]", "untilReleased.cjs [N]"]);
});

test("two sessions at once: each is read, and one that ends leaves the other", async () => {
  const { debug } = code();
  await debug.start("Until released");
  await debug.waitForConsole(/"ready":true/);
  await findBlocked(code());
  const view = code().view("Leakline");
  await view.waitForRow(/^closeHandle running/);
  await debug.start("Demo");
  await untilDemoIsBlocked();
  await findBlocked(code());
  await waitForBlockage(code(), /^closeSession running .* 750 waiting/);
  await view.waitForRow(/^closeHandle running .* 300 waiting/);
  await code().statusBar.waitFor(/blocks finalizers ≥ .* \(\+1\)/);
  await waitForBadge(code(), 2);
  // Which of the two is in front is the editor's to say.
  await debug.press("Stop");
  const ended = await view.waitForRow(/^\S+ \[\d+\] ended/);
  const others = async () =>
    (await view.rows()).filter(({ text, level }) => level === 1 && text !== ended.text);
  await expect
    .poll(others)
    .toMatchObject([{ description: expect.stringMatching(/^reading of /), expanded: true }]);
  await waitForBadge(code(), 1);
});

test("at a breakpoint the process is paused by the debugger, and nobody is alarmed", async () => {
  const { debug, editor, view } = code();
  await debug.start("Stepper");
  await debug.waitForConsole(/^total /);
  await code().runCommand("Leakline: Find blocked finalizers");
  const leakline = view("Leakline");
  await leakline.waitForRow("No finalizer is blocked");
  await leakline.waitForRow(/^forget live 1 · queued 0/);
  await code().notifications.clear();
  await debug.press("Pause");
  await debug.waitUntilStopped();
  await leakline.waitForRow(/^The main thread is paused by the debugger/);
  await readAgain(code());
  await leakline.waitForRow(/^The main thread is paused by the debugger/);
  expect(textOf(await leakline.rows())).not.toMatch(/starved|running|busy in/);
  expect(await code().notifications.list()).toEqual([]);
  await expectNoBlockageInStatusBar(code());
  await expect.poll(() => editor.active()).toMatchObject({ file: "stepper.cjs" });
  await debug.press("Continue");
  await debug.waitUntilRunning();
  await leakline.waitForRow("No finalizer is blocked");
});

test("breakpoints hit and stepping works while Leakline polls and reads", async () => {
  const { debug, editor } = code();
  await debug.start("Stepper");
  await debug.waitForConsole(/^total /);
  await findBlocked(code());
  await code().view("Leakline").waitForRow("No finalizer is blocked");
  await code().notifications.waitUntilGone(/^Leakline reads/);
  await debug.press("Pause");
  await debug.waitUntilStopped();
  const line = lineOf("test/e2e/programs/stepper.cjs", /BREAKPOINT/);
  await editor.waitForCursor("stepper.cjs");
  await debug.toggleBreakpoint(line);
  for (let round = 1; round <= 3; round++) {
    await debug.press("Continue");
    await editor.waitForLine("the breakpoint", (one) => one.line === line && isStop(one.marks));
    // Longer than the time between two looks: they come while it stands, too.
    await code().page.waitForTimeout(2500);
    await debug.press("Step Over");
    await editor.waitForLine("a step", (one) => one.line === line + 1 && isStop(one.marks));
    await debug.evaluate(`"sum is " + sum`);
    await debug.waitForConsole(/sum is \d+/);
  }
  await debug.toggleBreakpoint(line);
  await debug.press("Continue");
  await debug.waitUntilRunning();
});

const isStop = (marks: readonly string[]) => marks.includes("debug-top-stack-frame-line");

test("a session that ends in the middle of a reading is said to have ended, and nothing hangs", async () => {
  const { debug, notifications } = code();
  await debug.start("Demo");
  await code().page.waitForTimeout(2500);
  await code().runCommand("Leakline: Find blocked finalizers");
  await notifications.waitFor(/^Leakline reads/);
  await debug.stopAll();
  await debug.waitUntilEnded();
  await notifications.waitUntilGone(/^Leakline reads/);
  await expectNoBlockageInStatusBar(code());
  await code().view("Leakline").waitForRow(/ended/i);
});
