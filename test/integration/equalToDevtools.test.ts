import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aggregateClasses, type NodeMeasures } from "../../extension/graph/classAggregates.ts";
import { distancesOf, noDistance, systemDistance } from "../../extension/graph/distances.ts";
import { dominatorRangesOf } from "../../extension/graph/dominatorRanges.ts";
import { dominatorsOf } from "../../extension/graph/dominators.ts";
import { buildHeapGraph, type HeapGraph, type NodeRow } from "../../extension/graph/heapGraph.ts";
import { heapStatisticsOf } from "../../extension/graph/heapStatistics.ts";
import { nodeClassesOf } from "../../extension/graph/nodeClasses.ts";
import { retainedSizesOf } from "../../extension/graph/retainedSizes.ts";
import { retainerListOf } from "../../extension/graph/retainerList.ts";
import { shallowSizesOf } from "../../extension/graph/shallowSizes.ts";
import { createSnapshotParser } from "../../extension/snapshot/snapshotParser.ts";
import {
  createDevtoolsReader,
  type DevtoolsClass,
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
  ])(
    "every node of a snapshot %s has DevTools' sizes, dominator, distance, class and retainers",
    async (_, args) => {
      const file = join(folder, `${nodeMajor}${args.join("")}.heapsnapshot`);
      await runFile(nodeBinary(nodeMajor), [programFile("mixedHeap.cjs"), file, ...args]);
      await expectEqual(file, `Node ${nodeMajor} ${args.join("")}`, 50_000);
    },
  );
});

test("every node of the TypeScript compiler's heap has DevTools' sizes, dominator, distance, class and retainers", {
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
  const measures = measuresOf(graph);
  const differences = [
    ...nodeDifferences(graph, measures, numbers),
    ...classDifferences(graph, measures, numbers),
    ...statisticsDifferences(graph, measures, numbers),
    ...retainerDifferences(graph, measures, numbers),
  ];
  const megabytes = Math.round((await stat(file)).size / 1e6);
  console.log(
    `${name}, ${megabytes} MB: ${graph.nodeCount} nodes and ${numbers.classes.size} classes compared, ${differences.length} differences`,
  );
  expect(numbers.retained.length).toBe(graph.nodeCount);
  expect(numbers.retainers.size).toBeGreaterThan(4000);
  expect(graph.nodeCount).toBeGreaterThan(nodesAtLeast);
  // None is left to explain. One that these heaps are too small for: DevTools keeps shallow sizes in 32 bits, so of
  // a single object beyond 4 GiB it shows the remainder; we show all of it. Another that they don't have: of two
  // classes with one key, such as regular expressions and an object whose constructor is a builtin named RegExp,
  // it shows the later one only; we show them as one.
  expect(differences.slice(0, 20)).toEqual([]);
}

async function readGraphOf(file: string): Promise<HeapGraph> {
  const parser = createSnapshotParser();
  for await (const chunk of createReadStream(file)) parser.push(chunk);
  return buildHeapGraph(parser.finish());
}

function measuresOf(graph: HeapGraph): NodeMeasures {
  const dominators = dominatorsOf(graph);
  const shallowSizes = shallowSizesOf(graph);
  return {
    shallowSizes,
    ranges: dominatorRangesOf(dominators, retainedSizesOf(dominators, shallowSizes)),
    distances: distancesOf(graph),
    classes: nodeClassesOf(graph),
  };
}

function nodeDifferences(
  graph: HeapGraph,
  measures: NodeMeasures,
  theirs: DevtoolsNumbers,
): string[] {
  const ours = {
    shallow: measures.shallowSizes,
    retained: measures.ranges.retainedSizes,
    distance: measures.distances,
    dominator: measures.ranges.immediate,
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

/** Every class of the summary: its name, numbers and instances. */
function classDifferences(
  graph: HeapGraph,
  measures: NodeMeasures,
  theirs: DevtoolsNumbers,
): string[] {
  const { classes } = measures;
  const aggregates = aggregateClasses(graph, measures);
  const { scriptId, line, column } = graph.columns.locations;
  const keys = classes.names.map((name, number) => {
    const at = classes.locations[number] ?? -1;
    return at === -1 ? `,${name}` : `${scriptId[at]},${line[at]},${column[at]},${name}`;
  });
  const ours = new Map(
    keys.flatMap((key, number): [string, DevtoolsClass][] => {
      const count = aggregates.count[number] ?? 0;
      if (count === 0) return [];
      const row = {
        name: classes.names[number] ?? "",
        count,
        distance: aggregates.distance[number] ?? 0,
        shallow: aggregates.shallowBytes[number] ?? 0,
        retained: aggregates.retainedBytes[number] ?? 0,
      };
      return [[key, row]];
    }),
  );
  const differences: string[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.classes.keys()])) {
    const own = JSON.stringify(ours.get(key));
    const other = JSON.stringify(theirs.classes.get(key));
    if (own !== other) differences.push(`class ${key}: ${own}, not ${other}`);
  }
  const theirKeys = [...theirs.classes.keys()];
  const classOf = new Int32Array(graph.nodeCount).fill(-1);
  for (const number of classes.names.keys()) {
    for (const row of aggregates.instancesOf(number)) classOf[row] = number;
  }
  for (let row = 0; row < graph.nodeCount; row++) {
    const own = keys[classOf[row] ?? -1];
    const other = theirKeys[theirs.classOf[row] ?? -1];
    if (own !== other) differences.push(`class of row ${row}: ${own}, not ${other}`);
  }
  return differences;
}

function statisticsDifferences(
  graph: HeapGraph,
  { shallowSizes }: NodeMeasures,
  { statistics: { total, native, v8heap } }: DevtoolsNumbers,
): string[] {
  const theirs = {
    totalBytes: total,
    codeBytes: v8heap.code,
    stringBytes: v8heap.strings,
    arrayBytes: v8heap.jsArrays,
    typedArrayBytes: native.typedArrays,
    systemBytes: v8heap.system,
    otherObjectBytes: v8heap.total - v8heap.code - v8heap.strings - v8heap.jsArrays - v8heap.system,
    otherNativeBytes: native.total - native.typedArrays,
  };
  const ours = heapStatisticsOf(graph, shallowSizes);
  return JSON.stringify(ours) === JSON.stringify(theirs)
    ? []
    : [`statistics: ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`];
}

/** Equally distant retainers stand in the order of V8 in our list, and of their names in theirs. */
function retainerDifferences(
  graph: HeapGraph,
  { distances }: NodeMeasures,
  { retainers }: DevtoolsNumbers,
): string[] {
  const differences: string[] = [];
  for (const [row, theirs] of retainers) {
    const { edges, holders } = retainerListOf(graph, row as NodeRow, distances);
    const distance = (holder: NodeRow) => distances[holder] ?? noDistance;
    const ours = holders
      .map((holder) => (distance(holder) === noDistance ? 2 * systemDistance : distance(holder)))
      .join();
    const other = theirs.map(({ distance }) => distance).join();
    if (ours !== other) differences.push(`retainers of row ${row}: at ${ours}, not at ${other}`);
    const ownEdges = [...edges].sort((a, b) => a - b).join();
    const otherEdges = theirs
      .map(({ edge }) => edge)
      .sort((a, b) => a - b)
      .join();
    if (ownEdges !== otherEdges) {
      differences.push(`retainers of row ${row}: ${ownEdges}, not ${otherEdges}`);
    }
  }
  return differences;
}
