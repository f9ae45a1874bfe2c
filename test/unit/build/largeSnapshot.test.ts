import { expect, test } from "vitest";
import { buildHeapGraph } from "../../../extension/graph/heapGraph.ts";
import { strongWalk } from "../../../extension/graph/strongWalk.ts";
import { type LargeSnapshotOptions, largeSnapshot } from "../../build/largeSnapshot.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import { plainColumns, referenceColumns } from "../../build/referenceColumns.ts";

const bytesOf = (options: LargeSnapshotOptions) => Buffer.concat([...largeSnapshot(options)]);

test.each<LargeSnapshotOptions>([
  { nodes: 1 },
  { nodes: 2 },
  { nodes: 30 },
  { nodes: 3000 },
  { nodes: 600, stringCharacters: 9000 },
])("%j is a snapshot that V8 could have written", (options) => {
  const bytes = bytesOf(options);
  const columns = parseInPieces(bytes, [bytes.length >>> 1]);
  expect(columns.nodes.count).toBe(options.nodes);
  const unwanted = { samples: null, allocations: null };
  expect({ ...plainColumns(columns), ...unwanted }).toEqual({
    ...referenceColumns(bytes),
    ...unwanted,
  });
});

test("its sections have the proportions of real ones", () => {
  const bytes = bytesOf({ nodes: 60_000 });
  const text = bytes.toString("latin1");
  const share = (section: string, next: string) =>
    (text.indexOf(`"${next}":`) - text.indexOf(`"${section}":`)) / bytes.length;
  expect(share("edges", "trace_function_infos")).toBeGreaterThan(0.6);
  expect(share("edges", "trace_function_infos")).toBeLessThan(0.72);
  expect(share("nodes", "edges")).toBeGreaterThan(0.18);
  expect(share("locations", "strings")).toBeGreaterThan(0.02);
  expect(1 - text.indexOf('"strings":') / bytes.length).toBeGreaterThan(0.01);
  expect(1 - text.indexOf('"strings":') / bytes.length).toBeLessThan(0.06);
  const { nodes, edges } = parseInPieces(bytes);
  expect(edges.count / nodes.count).toBeGreaterThan(4);
  expect(edges.count / nodes.count).toBeLessThan(7);
});

test("every node is reached from the root", () => {
  const { distance } = strongWalk(buildHeapGraph(parseInPieces(bytesOf({ nodes: 20_000 }))));
  expect(distance.filter((steps) => steps === -1)).toHaveLength(0);
});

test("the seed decides", () => {
  const [first, again, other] = [1, 1, 2].map((seed) => bytesOf({ nodes: 500, seed }));
  expect(first?.equals(again ?? Buffer.alloc(0))).toBe(true);
  expect(first?.equals(other ?? Buffer.alloc(0))).toBe(false);
});

test("strings may be as long as one wants", () => {
  const columns = parseInPieces(bytesOf({ nodes: 120, stringCharacters: 300_000 }));
  const lengths = [...Array(columns.strings.count).keys()].map(columns.strings.byteLength);
  expect(Math.max(...lengths)).toBeGreaterThan(300_000);
});
