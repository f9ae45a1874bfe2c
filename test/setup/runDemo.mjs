import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInTerminal } from "./childProcess.mjs";
import { ensureDependencies } from "./dependencies.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** From a fresh clone to the demo's verdict. Sets the exit code; stdout is the demo's alone. */
export async function runDemo(demoArguments) {
  const node = (...nodeArguments) => runInTerminal(process.execPath, nodeArguments);
  try {
    await ensureDependencies(root, say);
    say("Building");
    const buildExitCode = await node(join(root, "esbuild.mjs"));
    if (buildExitCode !== 0) {
      process.exitCode = buildExitCode;
      return;
    }
    say("Running the demo");
    process.exitCode = await node(join(root, "dist/cli.cjs"), "demo", ...demoArguments);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

const say = (text) => console.error(text);
