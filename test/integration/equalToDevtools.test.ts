import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distancesOf } from "../../extension/graph/distances.ts";
import { dominatorsOf } from "../../extension/graph/dominators.ts";
import { buildHeapGraph, type HeapGraph } from "../../extension/graph/heapGraph.ts";
import { retainedSizesOf } from "../../extension/graph/retainedSizes.ts";
import { shallowSizesOf } from "../../extension/graph/shallowSizes.ts";
import { createSnapshotParser } from "../../extension/snapshot/snapshotParser.ts";
import {
  createDevtoolsReader,
  type DevtoolsNumbers,
  type DevtoolsReader,
} from "../build/devtoolsNumbers.ts";
import { ensurePackage, nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const runFile = promisify(execFile);
const programFile = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

let devtools: DevtoolsReader;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leakline-equal-"));
  devtools = await createDevtoolsReader();
});
afterAll(async () => {
  await devtools.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe.each(nodeVersions)("on Node %i", (nodeMajor) => {
  test.each([
    ["as people take it", []],
    ["with V8's internals exposed", ["internals"]],
  ])("every node of a snapshot %s has DevTools' sizes, dominator and distance", async (_, args) => {
    const file = join(folder, `${nodeMajor}${args.join("")}.heapsnapshot`);
    await runFile(nodeBinary(nodeMajor), [programFile("mixedHeap.cjs"), file, ...args]);
    await expectEqual(file, `Node ${nodeMajor} ${args.join("")}`, 50_000);
  });
});

test("every node of the TypeScript compiler's heap has DevTools' sizes, dominator and distance", {
  timeout: 600_000,
}, async () => {
  const file = join(folder, "typescript.heapsnapshot");
  const packages = await ensurePackage("typescript", "5.9");
  const heapLimit = "--max-old-space-size=4096";
  const args = [heapLimit, programFile("typescriptHeap.cjs"), packages, "4", file];
  await runFile(nodeBinary(24), args);
  await expectEqual(file, "TypeScript", 2_000_000);
});

async function expectEqual(file: string, name: string, nodesAtLeast: number): Promise<void> {
  const graph = await readGraphOf(file);
  const numbers = await devtools.read(file);
  const differences = differencesOf(graph, numbers);
  const megabytes = Math.round((await stat(file)).size / 1e6);
  console.log(
    `${name}, ${megabytes} MB: ${graph.nodeCount} nodes compared, ${differences.length} differences`,
  );
  expect(numbers.retained.length).toBe(graph.nodeCount);
  expect(graph.nodeCount).toBeGreaterThan(nodesAtLeast);
  // None is left to explain. One that these heaps are too small for: DevTools keeps shallow sizes in 32 bits, so of
  // a single object beyond 4 GiB it shows the remainder; we show all of it.
  expect(differences.slice(0, 20)).toEqual([]);
}

async function readGraphOf(file: string): Promise<HeapGraph> {
  const parser = createSnapshotParser();
  for await (const chunk of createReadStream(file)) parser.push(chunk);
  return buildHeapGraph(parser.finish());
}

function differencesOf(graph: HeapGraph, theirs: DevtoolsNumbers): string[] {
  const dominators = dominatorsOf(graph);
  const shallow = shallowSizesOf(graph);
  const ours = {
    shallow,
    retained: retainedSizesOf(dominators, shallow),
    distance: distancesOf(graph),
    dominator: dominators.immediate,
  };
  const differences: string[] = [];
  for (const what of ["shallow", "retained", "distance", "dominator"] as const) {
    for (let row = 0; row < graph.nodeCount; row++) {
      if (ours[what][row] === theirs[what][row]) continue;
      differences.push(`${what} of row ${row}: ${ours[what][row]}, not ${theirs[what][row]}`);
    }
  }
  return differences;
}
