import { expect, test } from "vitest";
import { analysisProcesses } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";

const code = useWorkbench({ files: { "main.js": "console.log(1);\n" } });

/** What the editor says of the extensions that run: name and activation, a line each. */
async function running(): Promise<string> {
  const { page } = code();
  await code().runCommand("Developer: Show Running Extensions");
  const rows = page.locator(".runtime-extensions-editor .extension");
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ")).join("\n");
}

test("it is not started before something of it is looked at, and then starts at once", async () => {
  await code().editor.open("main.js");
  expect(await running()).not.toMatch(/^Leakline/im);
  await code().sideBar.open();
  await code().view("Leakline").open();
  await expect.poll(running).toMatch(/leakline/i);
  const line = (await running()).split("\n").find((text) => /leakline/i.test(text)) ?? "";
  const activationMs = /Activation: (\d+)ms/.exec(line)?.[1];
  expect(activationMs, line).toBeDefined();
  // biome-ignore lint/suspicious/noConsole: it is a measurement to be read
  console.log(`activation of the extension: ${activationMs} ms`);
  // Nothing heavy is started with it.
  expect(analysisProcesses()).toEqual([]);
});
