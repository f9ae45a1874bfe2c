import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** VS Code's own viewer of snapshots (Rust, compiled to WebAssembly): what it does when a file is opened. */
const [packageFolder, file] = process.argv.slice(2);
const { decode_bytes } = createRequire(packageFolder)("@vscode/v8-heap-parser");
const began = performance.now();
const graph = decode_bytes(readFileSync(file));
const classes = graph.get_class_groups(0, 1 << 20, false);
console.log(
  JSON.stringify({
    elapsedMs: performance.now() - began,
    nodes: classes.reduce((sum, one) => sum + one.children_len, 0),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
