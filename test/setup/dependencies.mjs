import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runNpmQuietly } from "./npm.mjs";

/** Installs the development dependencies, unless exactly those of the lock file are there. */
export async function ensureDependencies(root, say) {
  const lock = await readPackages(join(root, "package-lock.json"));
  const installed = await readPackages(join(root, "node_modules/.package-lock.json")).catch(
    () => null,
  );
  if (installed && matchesLock(lock, installed)) return;
  say("Installing dependencies");
  await runNpmQuietly(root, [
    "ci",
    // With NODE_ENV=production npm would leave out what builds and tests.
    "--include=dev",
    ...["--ignore-scripts", "--no-audit", "--no-fund"],
  ]);
}

/**
 * Compares `packages` of the lock file with those of the record that npm writes into
 * `node_modules` as the last step of an installation. Optional packages of other systems are in
 * the lock file only.
 */
export function matchesLock(lock, installed) {
  const isRoot = (path) => path === "";
  const isSame = (path) =>
    lock[path]?.version === installed[path]?.version &&
    lock[path]?.integrity === installed[path]?.integrity;
  return (
    Object.keys(installed).every((path) => isRoot(path) || isSame(path)) &&
    Object.keys(lock).every(
      (path) => isRoot(path) || (lock[path].optional && !installed[path]) || isSame(path),
    )
  );
}

const readPackages = async (path) => JSON.parse(await readFile(path, "utf8")).packages;
