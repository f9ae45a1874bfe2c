import { spawn } from "node:child_process";
import { basename, delimiter, join } from "node:path";

/**
 * How to start npm here: the very npm that runs us, when one does, else the one on the PATH. On
 * Windows that one is a `.cmd` file, which only a shell can start.
 */
export function npmCommand(environment = process.env, platform = process.platform) {
  const running = environment.npm_execpath;
  if (running && basename(running) === "npm-cli.js") {
    return { command: process.execPath, firstArguments: [running], shell: false };
  }
  return { command: "npm", firstArguments: [], shell: platform === "win32" };
}

/**
 * How to start that npm under another Node: the one in `nodeFolder`, which native modules are also
 * built for. Without a folder it is the Node that npm runs under anyway.
 */
export function npmUnder(nodeFolder, environment = process.env, platform = process.platform) {
  const npm = npmCommand(environment, platform);
  if (nodeFolder === undefined) return { ...npm, environment };
  const binaries = join(nodeFolder, "bin");
  return {
    ...npm,
    command: npm.firstArguments.length > 0 ? join(binaries, "node") : npm.command,
    environment: {
      ...withoutOuterNpm(environment),
      PATH: `${binaries}${delimiter}${environment.PATH}`,
      // Its headers came with it: node-gyp would download them.
      npm_config_nodedir: nodeFolder,
    },
  };
}

/** What an npm that runs us says of itself, its Node's version too: packages believe it when they build. */
function withoutOuterNpm(environment) {
  const isOuter = (name) =>
    /^npm_(?:config_user_agent|config_node_gyp|node_execpath|package_|lifecycle_|command$)|^NODE$/.test(
      name,
    );
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOuter(name)));
}

/**
 * Runs npm without a word and resolves; rejects with all that npm said when it fails. `folder` is
 * where it works, `nodeFolder` the Node that it works for, when that is not its own.
 */
export function runNpmQuietly(folder, npmArguments, nodeFolder) {
  const { command, firstArguments, shell, environment } = npmUnder(nodeFolder);
  const child = spawn(command, [...firstArguments, ...npmArguments], {
    cwd: folder,
    env: environment,
    shell,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`npm could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else {
        const end = signal ? `signal ${signal}` : `exit code ${code}`;
        reject(new Error(`npm ${npmArguments.join(" ")} failed (${end}):\n${output.trimEnd()}`));
      }
    });
  });
}
