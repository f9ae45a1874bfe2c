import { spawn } from "node:child_process";
import { basename } from "node:path";

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
 * Runs npm without a word and resolves; rejects with all that npm said when it fails. `folder` is
 * where it works.
 */
export function runNpmQuietly(folder, npmArguments) {
  const { command, firstArguments, shell } = npmCommand();
  const child = spawn(command, [...firstArguments, ...npmArguments], {
    cwd: folder,
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
