/* top level begins */ import { expectGroups, sourceOf } from "./program.js";

/** Modules that wait at their top level, and those that import them. */
globalThis.gates = [];

/* load begins */ async function load() {
  await import("./awaitingModule.js"); /* load */
}

/* loadIndirectly begins */ async function loadIndirectly() {
  await import("./importedModule.js"); /* loadIndirectly */
}

void load();
void loadIndirectly();

const { awaiting } = sourceOf(import.meta.url);
const { awaiting: awaitingThere } = sourceOf(new URL("awaitingModule.js", import.meta.url));
const waitsFor = ["queue", "gates[…]"];
const module = [
  awaitingThere("connect"),
  awaitingThere(null, { mark: "module", begin: "connect begins" }),
];
expectGroups([
  { frames: [...module, awaiting("load")], waitsFor },
  { frames: [...module, awaiting("loadIndirectly")], waitsFor },
  { frames: [awaiting(null, { mark: "top level", begin: "top level begins" })], waitsFor },
]);
await new Promise((resolve) => globalThis.gates.push(resolve)); /* top level */
