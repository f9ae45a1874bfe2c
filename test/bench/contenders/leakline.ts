import { createReadStream } from "node:fs";
import { createHeapReader } from "../../../extension/pipeline/heapReading.ts";

/** Leakline's own load: parse, graph, registries, liveness, dominators and retained sizes. */
const [, file = ""] = process.argv.slice(2);
const began = performance.now();
const reader = createHeapReader(file);
for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) reader.push(chunk);
const { graph } = await reader.finish({ signal: new AbortController().signal, emit: () => {} });
console.log(
  JSON.stringify({
    elapsedMs: performance.now() - began,
    nodes: graph.nodeCount,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
