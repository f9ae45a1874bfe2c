import { createRequire } from "node:module";

/** memlab's own load: parse, referrers, dominators and retained sizes. */
const [packageFolder, file] = process.argv.slice(2);
const { config, utils } = createRequire(packageFolder)("@memlab/core");
config.muteConsole = true;
const began = performance.now();
const snapshot = await utils.getSnapshotFromFile(file, { buildNodeIdIndex: true });
console.log(
  JSON.stringify({
    elapsedMs: performance.now() - began,
    nodes: snapshot.nodes.length,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
