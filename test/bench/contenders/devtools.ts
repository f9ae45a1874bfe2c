import { createDevtoolsReader } from "../../build/devtoolsNumbers.ts";

/** The worker of Chrome DevTools' Memory panel, in a thread of this process. */
const [, file = ""] = process.argv.slice(2);
const reader = await createDevtoolsReader();
const { elapsedMs, retained } = await reader.read(file);
console.log(
  JSON.stringify({
    elapsedMs,
    nodes: retained.length,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
await reader.dispose();
