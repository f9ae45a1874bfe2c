import { rmSync } from "node:fs";
import { ensureEditor } from "../../setup/editor.mjs";
import { ensureNodeVersions } from "../../setup/nodeVersions.mjs";
import { installOurExtension } from "./installOurExtension.ts";
import { makeTemporaryFolder, removeOldTemporaryFolders } from "./temporaryFolder.ts";

/**
 * Runs before the end-to-end tests, also when a person starts a single one of them: our extension
 * is packed and installed once for all files of the run.
 */
export async function setup({
  provide,
}: {
  provide(key: "extensionsFolder", value: string): void;
}): Promise<() => void> {
  await Promise.all([ensureEditor(), ensureNodeVersions()]);
  removeOldTemporaryFolders();
  const folder = makeTemporaryFolder();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    provide("extensionsFolder", await installOurExtension(folder));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}
