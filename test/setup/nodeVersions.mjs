import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { runNpmQuietly } from "./npm.mjs";

const runFile = promisify(execFile);

/** The major versions of Node that Leakline runs on and inspects. */
export const nodeVersions = [20, 22, 24, 26];

/** The Node inside of the oldest VS Code that package.json declares: 1.96 has Electron 32.2. */
export const oldestEditorNode = "20.18";

/** Where the cache is when the environment says so or not. */
export function cacheFolder(environment, home) {
  if (environment.LEAKLINE_CACHE) return environment.LEAKLINE_CACHE;
  return join(environment.XDG_CACHE_HOME || join(home, ".cache"), "leakline");
}

/** Outside the checkout, so that a fresh clone finds what an earlier one installed. */
export const cacheRoot = cacheFolder(process.env, homedir());

/** The npm package that holds Node for a system, and the binary's place in it. */
export function nodePackage(platform, architecture) {
  const system = platform === "win32" ? "win" : platform;
  // The plain name was taken by somebody else when Node for this system came out.
  const prefix = platform === "darwin" && architecture === "arm64" ? "node-bin" : "node";
  return {
    name: `${prefix}-${system}-${architecture}`,
    binary: platform === "win32" ? "bin/node.exe" : "bin/node",
  };
}

const here = nodePackage(process.platform, process.arch);
const nodeFolder = (major) => join(cacheRoot, "node", String(major));
const binaryIn = (folder) => join(folder, "node_modules", here.name, here.binary);

/** The binary of one of `nodeVersions`, or of the oldest editor. Throws when it was never installed. */
export function nodeBinary(major) {
  const binary = binaryIn(nodeFolder(major));
  if (existsSync(binary)) return binary;
  throw new Error(`Node ${major} is not in ${cacheRoot}: ensureNodeVersions() installs it.`);
}

/** The folder of an installed version, as Node's own archives have it: `bin`, `include`. */
export const nodePrefix = (major) => join(nodeFolder(major), "node_modules", here.name);

/** Installs into the cache every version that is missing there or doesn't start. */
export async function ensureNodeVersions(say = sayOnStderr) {
  const all = [...nodeVersions, oldestEditorNode];
  await Promise.all(all.map((version) => ensureNodeVersion(version, say)));
}

/** Installs one of `nodeVersions`. */
export function ensureNodeVersion(major, say = sayOnStderr) {
  return ensureInstalled({
    folder: nodeFolder(major),
    specification: `${here.name}@${major}`,
    title: `Node ${major}`,
    say,
    isComplete: async (folder) => {
      const { stdout } = await runFile(binaryIn(folder), ["-v"]);
      return stdout.startsWith(`v${major}.`);
    },
  });
}

/**
 * Installs a package into the cache, once, and resolves to the folder whose `node_modules` holds
 * it. `version` may leave out the last numbers: `5.9`.
 */
export async function ensurePackage(name, version, say = sayOnStderr) {
  const folder = join(cacheRoot, "packages", `${name.replaceAll("/", "+")}@${version}`);
  await ensureInstalled({
    folder,
    specification: `${name}@${version}`,
    title: `${name}@${version}`,
    say,
    isComplete: async (installed) => {
      const manifest = join(installed, "node_modules", name, "package.json");
      const found = JSON.parse(await readFile(manifest, "utf8")).version;
      return found === version || found.startsWith(`${version}.`);
    },
  });
  return folder;
}

/**
 * Installs beside the final place and renames, so that two runs at once don't meet half an
 * installation, and one that was killed leaves nothing that looks complete.
 */
export async function ensureInstalled(installation) {
  const { folder, specification, title, say, isComplete, buildUnder } = installation;
  const complete = (candidate) => isComplete(candidate).catch(() => false);
  if (await complete(folder)) return;

  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  say(`Installing ${title} into ${parent}`);
  const temporary = await mkdtemp(join(parent, temporaryPrefix));
  try {
    await writeFile(join(temporary, "package.json"), '{ "private": true }\n');
    const npmArguments = [
      "install",
      ...["--prefix", temporary],
      ...["--no-audit", "--no-fund", "--no-package-lock"],
      `--ignore-scripts=${buildUnder === undefined}`,
      specification,
    ];
    await runNpmQuietly(temporary, npmArguments, buildUnder);
    if (!(await isComplete(temporary))) {
      throw new Error(`${specification} was installed but is not what was asked for.`);
    }
    await putInPlace(temporary, folder, complete);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const mostAttempts = 5;

/** What stands there is another run's, complete and perhaps in use already, or it is broken. */
async function putInPlace(temporary, folder, complete) {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(temporary, folder);
      return;
    } catch (error) {
      if (await complete(folder)) return;
      if (attempt === mostAttempts) throw error;
    }
    const broken = `${temporary}-${attempt}`;
    // It fails when another run moves the broken one away at this moment: the next attempt tells.
    await rename(folder, broken).catch(() => {});
    await rm(broken, { recursive: true, force: true });
  }
}

const temporaryPrefix = ".installing-";
const leftoverAgeMs = 60 * 60 * 1000;

/** What a killed run left: nobody installs for an hour. */
async function removeLeftovers(parent) {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const folder = join(parent, name);
    const changed = await stat(folder).catch(() => null);
    if (changed && Date.now() - changed.mtimeMs > leftoverAgeMs) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function sayOnStderr(text) {
  process.stderr.write(`${text}\n`);
}
