import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, inject } from "vitest";
import { fileNameOf } from "./steps.ts";
import { openWorkbench, type Workbench, type WorkbenchOptions } from "./workbench.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where our packed extension is installed. */
    readonly extensionsFolder: string;
  }
}

const artefacts = fileURLToPath(new URL("../../artefacts/e2e", import.meta.url));

/**
 * Opens one editor for the tests of a file, or of the `describe` in which it is called, and ends it
 * and all that was started in it afterwards. After a test that failed nobody knows what is left in it: its second try,
 * or the next test, has an editor of its own. The function that it gives is for use inside of tests.
 * Pictures of a test's steps are in `test/artefacts/e2e/<file>/<test>`, with logs when it failed.
 */
export function useWorkbench(options: WorkbenchOptions): () => Workbench {
  let workbench: Workbench | undefined;
  const filePictures = () => join(artefacts, basename(expect.getState().testPath ?? "", ".e2e.ts"));

  const dispose = async () => {
    const ended = workbench;
    workbench = undefined;
    await ended?.dispose();
  };

  beforeEach(async ({ task, onTestFailed }) => {
    const start = join(filePictures(), "0-start");
    workbench ??= await openWorkbench(options, inject("extensionsFolder"), start);
    const isSecondTry = (task.result?.retryCount ?? 0) > 0;
    const pictures = join(filePictures(), fileNameOf(task.name));
    workbench.beginPictures(isSecondTry ? join(pictures, "second-try") : pictures);
    // After whatever the test's file does when a test ends, also when that fails.
    onTestFailed(async () => {
      workbench?.keepLogs();
      await dispose();
    });
  });
  afterAll(dispose);

  return () => {
    if (!workbench) throw new Error("The editor is there inside of tests only.");
    return workbench;
  };
}
