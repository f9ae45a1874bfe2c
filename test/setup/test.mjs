import { onSupportedNode } from "./supportedNode.mjs";

// `npm test`, also in a fresh clone.
onSupportedNode(async () => {
  const { runSuites } = await import("./runSuites.mjs");
  const { suites } = await import("./suites.mjs");
  process.exitCode = await runSuites(suites);
});
