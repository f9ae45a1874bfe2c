import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "leakline-e2e-";
const leftoverAgeMs = 3 * 60 * 60 * 1000;

/** An empty folder for one editor or one run. */
export const makeTemporaryFolder = () => realpathSync(mkdtempSync(join(tmpdir(), prefix)));

/** Removes what runs left that were killed: none takes three hours. */
export function removeOldTemporaryFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const changed = statSync(folder, { throwIfNoEntry: false });
    if (changed && Date.now() - changed.mtimeMs > leftoverAgeMs) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
