import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { analysisProcesses } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { waitFor } from "../build/editor/waiting.ts";

const code = useWorkbench({ files: { "main.js": "console.log(1);\n" } });

/** What the editor says of the extensions that run: name and activation, a line each. */
async function running(): Promise<string> {
  const { page } = code();
  await code().runCommand("Developer: Show Running Extensions");
  const rows = page.locator(".runtime-extensions-editor .extension");
  await rows.first().waitFor();
  const text = (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, " ")).join("\n");
  // It stands in front of everything else.
  await code().press("Escape");
  return text;
}

test("it is not started before something of it is looked at, and then starts at once", async () => {
  await code().editor.open("main.js");
  expect(await running()).not.toMatch(/^Leakline/im);
  await code().sideBar.open();
  await code().view("Leakline").open();
  const activationMs = await waitFor(
    "Leakline's activation",
    async () => /^.*leakline.*Activation: (\d+)ms/im.exec(await running())?.[1],
    { seen: running },
  );
  console.log(`activation of the extension: ${activationMs} ms`);
  // Nothing heavy is started with it.
  expect(analysisProcesses(code())).toEqual([]);
});

test("its package is small", () => {
  const packed = statSync(join(inject("extensionsFolder"), "../leakline.vsix")).size;
  expect(packed).toBeGreaterThan(100_000);
  expect(packed).toBeLessThan(2_000_000);
});
