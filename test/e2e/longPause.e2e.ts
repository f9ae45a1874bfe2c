import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findBlocked } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { startProgram } from "../build/runningProgram.ts";

const demo = fileURLToPath(new URL("../../dist/demo/fileService.cjs", import.meta.url));

const code = useWorkbench({ settings: { "leakline.longestUnaskedPause": 0 } });

test("a snapshot that stops the process for longer than allowed is asked for, with its estimate", async () => {
  const { dialog, notifications, view } = code();
  const program = await startProgram({ nodeMajor: 24, script: demo, inspector: "open" });
  const leakline = view("Leakline");
  await code().sideBar.open();
  await leakline.open();
  await findBlocked(code(), program.pid);
  const asked = await dialog.waitUntilOpen();
  expect(asked.message).toBe("Take a heap snapshot?");
  expect(asked.detail).toMatch(
    /^It stops the process for about [\d.]+ m?s and needs about [\d.]+ MB of memory.*collects garbage first/,
  );
  await dialog.click("Cancel");
  await expect.poll(() => dialog.state()).toBeUndefined();
  await notifications.waitUntilGone(/^Leakline reads/);
  await leakline.waitForRow("How many wait behind it is not known without a snapshot");

  await notifications.click(/closeSession blocks finalizers/, "Count What Waits");
  await dialog.waitUntilOpen();
  await dialog.click("Take Snapshot");
  await leakline.waitForRow(/^closeSession running .* 750 waiting/);
});
