import packageJson from "../../package.json" with { type: "json" };
import { serveAnalysis } from "../pipeline/serveAnalysis.ts";

// Ctrl-C in a terminal reaches the whole process group. The parent decides what it means and tells
// us; ending here at once would leave the inspected process as it is at this moment.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => {});

serveAnalysis(process, packageJson.version);
