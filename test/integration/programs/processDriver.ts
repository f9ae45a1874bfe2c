import { writeSync } from "node:fs";
import { openProcess } from "../../../extension/process/inspectedProcess.ts";
import { parseTarget } from "../../../extension/process/targetAddress.ts";

/** Does one thing to a process over and over, until it is killed: `processDriver.ts TARGET look|capture`. */
const [target = "", action] = process.argv.slice(2);
const address = parseTarget(target);
if (address.kind === "file") throw new Error(`${target} is a file`);
const inspected = await openProcess(address, { timeoutMs: 5000, onNotice: () => {} });
writeSync(1, '{"ready":true}\n');
for (;;) {
  const [main] = await inspected.look();
  if (action !== "capture") continue;
  await inspected.capture(0, {
    sink: { begin: () => {}, push: () => {} },
    signal: new AbortController().signal,
    threadIsStuck: (main?.samples ?? []).every(({ frames }) => frames.length > 0),
    onProgress: () => {},
  });
}
