import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import {
  expectNoBlockageInStatusBar,
  findBlocked,
  findingRow,
  pickProcess,
  putBack,
  textOf,
  waitForBadge,
  waitForBlockage,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { startProgram } from "../build/runningProgram.ts";
import { scenarioFile } from "../build/scenario.ts";

const demo = fileURLToPath(new URL("../../dist/demo/fileService.cjs", import.meta.url));

const code = useWorkbench({ settings: { "leakline.answerDeadline": -4 } });

afterEach(async () => {
  await putBack(code());
});

const start = (script: string, args: readonly string[] = []) =>
  startProgram({ nodeMajor: 24, script, args, inspector: "open" });

test("a setting that makes no sense is said once, with what is used instead", async () => {
  await code().sideBar.open();
  await code().view("Leakline").open();
  const { text } = await code().notifications.waitFor(/leakline\.answerDeadline/);
  expect(text).toContain("must be a number of seconds from 1 to 600; 10 is used instead");
});

test("an empty view says what it is for, and leads to the commands", async () => {
  const { sideBar, view, quickInput } = code();
  await sideBar.open();
  const leakline = view("Leakline");
  await leakline.open();
  for (const text of [
    "Which cleanup callback is stuck",
    "Attach to Node Process…",
    "open the demo",
  ])
    await expect.poll(() => leakline.welcome()).toContain(text);
  await leakline.clickWelcomeButton("Attach to Node Process…");
  await quickInput.waitUntilOpen("Leakline: which Node process?");
  await quickInput.cancel();
});

test("rows can be filtered, by a button and back", async () => {
  const { quickInput } = code();
  const program = await start(demo);
  const leakline = await findBlocked(code(), program.pid);
  await waitForBlockage(code(), /^closeSession running .* 750 waiting/);
  await leakline.clickTitleAction("Filter the rows…");
  await quickInput.waitUntilOpen("Leakline: filter the rows");
  await quickInput.type("unlockRow");
  await quickInput.accept();
  await leakline.waitForRows("only what matches", (rows) => !textOf(rows).includes("closeSession"));
  await expect.poll(async () => textOf(await leakline.rows())).toContain("unlockRow");
  await expect.poll(() => leakline.message()).toBe('Rows with "unlockRow"');
  // The filter hides rows, not the blockage.
  await code().statusBar.waitFor(/closeSession blocks finalizers/);
  await leakline.clickTitleAction("Show all rows");
  await leakline.waitForRow(/^closeSession running/);
});

test("a finding is ignored with a reason, and taken back", async () => {
  const { quickInput } = code();
  const program = await start(demo);
  const leakline = await findBlocked(code(), program.pid);
  await waitForBlockage(code(), /^closeSession running .* 750 waiting/);
  await leakline.clickAction(findingRow("closeSession", "running"), "Ignore with reason…");
  await quickInput.waitUntilOpen("Leakline: ignore this finding");
  await quickInput.accept();
  await expect.poll(async () => (await quickInput.state())?.message).toContain("Give a reason");
  await quickInput.type("the vendor knows");
  await quickInput.accept();
  await expectNoBlockageInStatusBar(code());
  await waitForBadge(code(), 0);
  await leakline.expand("Ignored");
  await leakline.waitForRow(findingRow("closeSession", "running"));
  await expect
    .poll(() => leakline.hover(findingRow("closeSession", "running")))
    .toContain("Ignored: the vendor knows");
  await leakline.clickAction(findingRow("closeSession", "running"), "Stop ignoring");
  await code().statusBar.waitFor(/closeSession blocks finalizers/);
});

test("the holders of a registration that retains itself, step by step, and its report", async () => {
  const { page, view } = code();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const program = await start(scenarioFile("heldClosure", "leaky.js"));
  await findBlocked(code(), program.pid);
  const leakline = view("Leakline");
  const finding = /^\(anonymous\) self-retained · 60 · [\d.]+ \w+ · leaky\.js:6/;
  await leakline.waitForRow(finding);
  await leakline.clickAction(finding, "Show holders");
  await leakline.waitForRow(/^this → Connection/);
  await leakline.clickAction(finding, "Copy report");
  await expect
    .poll(() => page.evaluate("navigator.clipboard.readText()"))
    .toContain("### self-retained: The held value of these registrations");
  const text = await page.evaluate("navigator.clipboard.readText()");
  expect(text).toMatch(/callback: `.*heldClosure\/leaky\.js:6:/);
  expect(text).toContain(".this → Connection");
});

test("a snapshot is taken into the folder, readable by its owner only, and opened", async () => {
  const { notifications, view } = code();
  const program = await start(scenarioFile("heldClosure", "leaky.js"));
  await code().runCommand("Leakline: Take heap snapshot");
  await pickProcess(code(), program.pid);
  const { text } = await notifications.waitFor(/^The snapshot is in /);
  const file = /^The snapshot is in (\S+\.heapsnapshot) /.exec(text)?.[1] ?? "";
  expect(text).toContain("It holds every string of the process, passwords included.");
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readdirSync(join(file, "..")).length).toBe(1);
  await notifications.click(/^The snapshot is in /, "Open Snapshot");
  const leakline = view("Leakline");
  await leakline.waitForRow(/^leaky\.js-.*\.heapsnapshot reading of/);
});

test("the demo is opened by its command, and found", async () => {
  const { quickInput, notifications, view, debug } = code();
  await code().runCommand("Leakline: Open demo");
  await quickInput.waitUntilOpen("Leakline: which demo?");
  await expect
    .poll(async () => (await quickInput.state())?.rows.map(({ label }) => label))
    .toEqual(["blocked", "self-retained", "ordinary"]);
  await quickInput.choose("blocked");
  await debug.waitUntilRunning();
  await notifications.waitFor(/^The demo "blocked" runs/);
  await code().page.waitForTimeout(4000);
  await notifications.click(/^The demo "blocked" runs/, "Find Blocked Finalizers");
  const leakline = view("Leakline");
  await leakline.open();
  await waitForBlockage(code(), /^closeSession running .* 750 waiting/);
  // What is shipped has no sources on the disk: they come from the map.
  await leakline.click(findingRow("closeSession", "running"));
  await code().editor.waitForCursor("shareClient.ts");
});

test("the walkthrough has its four steps, and its command opens the demo", async () => {
  const { page, quickInput } = code();
  await code().runCommand("Welcome: Open Walkthrough...");
  await quickInput.waitUntilOpen(/^Select a walkthrough/);
  await quickInput.type("Find a blocked finalizer");
  await quickInput.choose(/Find a blocked finalizer/);
  const steps = page.locator(".getting-started-step .step-title");
  await expect
    .poll(async () => (await steps.allInnerTexts()).map((title) => title.trim()))
    .toEqual(["What goes wrong", "Run a program that leaks", "Ask Leakline", "Read the side bar"]);
  await code().step("open the demo's step", () => steps.nth(1).click());
  await page.getByRole("button", { name: "Open the Demo", exact: true }).click();
  await quickInput.waitUntilOpen("Leakline: which demo?");
  await quickInput.cancel();
});
