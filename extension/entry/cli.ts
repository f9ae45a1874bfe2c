import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { startAnalysis } from "../pipeline/startAnalysis.ts";
import { runCommandLine } from "../views/terminal/runCommandLine.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

void runCommandLine({
  arguments: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  workingFolder: process.cwd(),
  onSignal(listener) {
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  exit: (code) => process.exit(code),
  toolVersion: packageJson.version,
  demo: { scriptPath: join(__dirname, "demo/fileService.cjs"), nodeBinary: process.execPath },
  startAnalysis: () => startAnalysis(join(__dirname, "analysisProcess.cjs")),
}).then((exitCode) => {
  // Not process.exit: what was written to a pipe may not have left yet.
  process.exitCode = exitCode;
});
