import { pathToFileURL } from "node:url";
import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

/**
 * Uses the npm package p-throttle as its readme does: a throttled function for each tenant, with an
 * AbortSignal to cancel what is pending. First argument: the folder whose node_modules has it.
 */
const [folder] = process.argv.slice(2);
const { default: pThrottle } = await import(
  pathToFileURL(`${folder}/node_modules/p-throttle/index.js`).href
);
const tenants = 45;
const throttledFunctions = [];
let calls = 0;

async function serveTenant() {
  const controller = new AbortController();
  const throttle = pThrottle({ limit: 2, interval: 1000, signal: controller.signal });
  const throttled = throttle(() => ++calls);
  throttledFunctions.push(new WeakRef(throttled));
  await throttled();
  await throttled();
}

for (let tenant = 1; tenant <= tenants; tenant++) await serveTenant();
openBuffers(20);
dropBuffers();
let collections = 0;
await collectUntil(() => countFreed() === 20 && ++collections > 5);
const leaked = throttledFunctions.filter((throttled) => throttled.deref()).length;
announce({ ready: true, registered: tenants, leaked, calls });
stayAlive();
