import { isMainThread, parentPort, workerData } from "node:worker_threads";
import packageJson from "../../package.json" with { type: "json" };
import { relayAnalysis } from "../pipeline/relayAnalysis.ts";
import { serveAnalysis } from "../pipeline/serveAnalysis.ts";

if (isMainThread) {
  // Ctrl-C in a terminal reaches the whole process group. The parent decides what it means and tells
  // us; ending here at once would leave the inspected process as it is at this moment.
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => {});
  relayAnalysis(process, __filename);
} else if (parentPort) {
  serveAnalysis(parentPort, workerData, packageJson.version);
}
