import { execFile } from "node:child_process";
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import {
  cacheRoot,
  ensureInstalled,
  ensureNodeVersion,
  nodeBinary,
  nodePrefix,
} from "./nodeVersions.mjs";

const runFile = promisify(execFile);

/** code-server is VS Code's workbench behind a web server: the editor that a registry has. */
const codeServerVersion = "4.139.1";

/** The Node that this version of it asks for. */
export const editorNode = 24;

const chromiumCommands = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Debian's package for a command; the last four are needed to build code-server's native modules. */
const packageOfCommand = [
  { commands: chromiumCommands, name: "chromium", toBuild: false },
  { commands: ["krb5-config"], name: "libkrb5-dev", toBuild: true },
  { commands: ["pkg-config"], name: "pkg-config", toBuild: true },
  { commands: ["python3"], name: "python3", toBuild: true },
  { commands: ["make"], name: "make", toBuild: true },
  { commands: ["g++"], name: "g++", toBuild: true },
];

/** Debian packages to install, when these commands are there and code-server is built or not. */
export function missingPackages(commands, isBuilt) {
  return packageOfCommand
    .filter((entry) => !(isBuilt && entry.toBuild))
    .filter((entry) => !entry.commands.some((command) => commands.has(command)))
    .map(({ name }) => name);
}

/** The two commands that install Debian packages, for root. */
export const aptCommands = (packages) => [
  ["apt-get", "update"],
  ["apt-get", "install", "--yes", "--no-install-recommends", ...packages],
];

/** What a person who is not root has to run. */
export const sudoLine = (packages) =>
  aptCommands(packages)
    .map((command) => ["sudo", ...command].join(" "))
    .join(" && ");

/** Where code-server is, below the cache folder `root`. */
export function codeServerPaths(root) {
  const folder = join(root, "editor", `code-server@${codeServerVersion}`);
  return { folder, script: scriptIn(folder) };
}

const scriptIn = (folder) => join(folder, "node_modules/code-server/out/node/entry.js");

/** Started with the Node `nodeBinary(editorNode)`. */
export const codeServerScript = codeServerPaths(cacheRoot).script;

/** Installs, once, what the end-to-end tests need: a browser, and code-server in the cache. */
export async function ensureEditor(say = sayOnStderr) {
  await ensureNodeVersion(editorNode, say);
  const { folder } = codeServerPaths(cacheRoot);
  const isBuilt = await isCodeServer(folder).catch(() => false);
  await ensurePackages(missingPackages(await commandsOnPath(), isBuilt), say);
  if (isBuilt) return;
  say("Building code-server, which takes two to five minutes");
  await ensureInstalled({
    folder,
    specification: `code-server@${codeServerVersion}`,
    title: `code-server ${codeServerVersion}`,
    say,
    buildUnder: nodePrefix(editorNode),
    isComplete: isCodeServer,
  });
}

/** The absolute path of the browser. Throws when there is none. */
export async function chromiumBinary() {
  for (const command of chromiumCommands) {
    const path = await findOnPath(command);
    if (path) return path;
  }
  throw new Error("There is no Chromium on the PATH: ensureEditor() installs it.");
}

async function ensurePackages(packages, say) {
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !(await findOnPath("apt-get"))) {
    throw new Error(
      `The end-to-end tests need ${packages.join(", ")}. On Debian and Ubuntu this installs what is missing:\n${sudoLine(packages)}`,
    );
  }
  say(`Installing ${packages.join(", ")}`);
  for (const [command, ...commandArguments] of aptCommands(packages)) {
    await runQuietly(command, commandArguments);
  }
}

async function runQuietly(command, commandArguments) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await runFile(command, commandArguments, { env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const output = `${error.stdout ?? ""}${error.stderr ?? ""}`.trimEnd();
    throw new Error(`${[command, ...commandArguments].join(" ")} failed:\n${output}`);
  }
}

/** Its version, and that its other half, which npm installs and builds in a script, starts as well. */
async function isCodeServer(folder) {
  // Without a configuration file it would write one into the home folder.
  const work = await mkdtemp(join(tmpdir(), "leakline-editor-"));
  try {
    const configuration = join(work, "config.yaml");
    await writeFile(configuration, "auth: none\n");
    const run = (...codeServerArguments) =>
      runFile(
        nodeBinary(editorNode),
        [scriptIn(folder), "--config", configuration, ...codeServerArguments],
        { env: { ...process.env, HOME: work, NODE_OPTIONS: "" } },
      );
    const [version] = await Promise.all([
      run("--version"),
      run("--list-extensions", "--user-data-dir", work, "--extensions-dir", join(work, "none")),
    ]);
    return version.stdout.startsWith(`${codeServerVersion} `);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function commandsOnPath() {
  const commands = packageOfCommand.flatMap((entry) => entry.commands);
  const found = await Promise.all(commands.map(findOnPath));
  return new Set(commands.filter((_, index) => found[index] !== undefined));
}

async function findOnPath(command) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, command);
    const isRunnable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return path;
  }
  return undefined;
}

function sayOnStderr(text) {
  process.stderr.write(`${text}\n`);
}
