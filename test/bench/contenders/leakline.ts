import { fileChunks } from "../../../extension/pipeline/fileChunks.ts";
import { createHeapReader } from "../../../extension/pipeline/heapReading.ts";

/** Leakline's own load: parse, graph, registries, liveness, dominators and retained sizes. */
const [, file = ""] = process.argv.slice(2);
const began = performance.now();
const reader = createHeapReader(file);
for await (const chunk of fileChunks(file)) reader.push(chunk);
const { graph } = await reader.finish({ signal: new AbortController().signal, emit: () => {} });
console.log(
  JSON.stringify({
    elapsedMs: performance.now() - began,
    nodes: graph.nodeCount,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
