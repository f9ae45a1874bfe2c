import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { analysisProcesses } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";

const demo = fileURLToPath(new URL("../../dist/demo/fileService.cjs", import.meta.url));

const code = useWorkbench({
  trust: "asked",
  launch: [{ type: "node", request: "launch", name: "Demo", program: demo }],
});

beforeEach(async () => {
  const { dialog, sideBar, view } = code();
  // An editor that was just opened asks.
  if (await dialog.state()) await dialog.click(/^No/);
  await sideBar.open();
  await view("Leakline").open();
});

test("in a folder that nobody trusts nothing is started or attached to, and the view says why", async () => {
  const { quickInput, view } = code();
  const leakline = view("Leakline");
  await expect
    .poll(() => leakline.welcome())
    .toContain("not trusted, so Leakline launches, attaches to and injects nothing");
  const offered = await quickInput.searchCommands("Leakline: ");
  for (const title of [
    "Find blocked finalizers",
    "Take heap snapshot",
    "Attach to Node process…",
    "Open heap snapshot",
    "Open demo",
  ])
    expect(offered).not.toContain(`Leakline: ${title}`);
  // The keys lead nowhere either.
  await code().press("Control+K");
  await code().press("Alt+B");
  await code().page.waitForTimeout(2000);
  expect((await quickInput.state())?.title ?? "").not.toContain("Leakline");
  expect(await leakline.titleActions()).not.toContain("Read again");
  expect(analysisProcesses(code())).toEqual([]);
});

test("once it is trusted everything is there", async () => {
  const { quickInput, view, page } = code();
  await view("Leakline").clickWelcomeButton("Manage Workspace Trust");
  await page.getByRole("button", { name: "Trust", exact: true }).click();
  await expect.poll(() => view("Leakline").welcome()).toContain("Find Blocked Finalizers");
  await expect
    .poll(() => quickInput.searchCommands("Leakline: Find"))
    .toContain("Leakline: Find blocked finalizers");
});
