import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  SnapshotFormatError,
  type SnapshotFormatReason,
} from "../../../extension/snapshot/snapshotFormatError.ts";
import { createSnapshotParser } from "../../../extension/snapshot/snapshotParser.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import { olderLayout, type WriteOptions, writeSnapshot } from "../../build/snapshotWriter.ts";

function smallHeap() {
  const heap = drawHeap();
  const script = heap.script("file:///app/é.js");
  const place = { scriptId: 7, line: 1, column: 2 };
  heap.hold("onClose", heap.closure("onClose", script, { place }));
  return heap;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The error that reading these bytes ends in; null when there is none. */
function errorOf(bytes: Uint8Array, cuts: readonly number[] = []): SnapshotFormatError | null {
  try {
    parseInPieces(bytes, cuts);
    return null;
  } catch (error) {
    // Anything else is a bug of ours and must fail the test as it is.
    if (error instanceof SnapshotFormatError) return error;
    throw error;
  }
}

describe("what is no snapshot is refused with its reason:", () => {
  test.each<readonly [string, Uint8Array, SnapshotFormatReason]>([
    ["an empty file", new Uint8Array(0), "empty"],
    ["a file of blanks", utf8(" \n\n"), "empty"],
    ["a gzip archive", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), "not-json"],
    ["a program", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), "not-json"],
    ["a text", utf8("Hello, this is not a snapshot."), "not-json"],
    ["a UTF-16 file", Uint8Array.of(0xff, 0xfe, 0x7b, 0), "not-json"],
    ["half a byte order mark", Uint8Array.of(0xef, 0xbb, 0x7b, 0x7d), "not-json"],
    ["an empty object", utf8("{}"), "not-a-snapshot"],
    ["some other object", utf8('{"a":1}'), "not-a-snapshot"],
    ["a list", utf8("[]"), "not-a-snapshot"],
    ["a string", utf8('"snapshot"'), "not-a-snapshot"],
    [
      "a CPU profile",
      utf8(
        '{"nodes":[{"id":1,"callFrame":{}}],"startTime":1,"endTime":2,"samples":[],"timeDeltas":[]}',
      ),
      "not-a-snapshot",
    ],
    ["a header that is a number", utf8('{"snapshot":1,"nodes":[]}'), "not-a-snapshot"],
    ["a header without meta", utf8('{"snapshot":{"node_count":1}}'), "not-a-snapshot"],
    ["a header with two commas", utf8('{"snapshot":{"meta":1,,}}'), "not-json"],
    ["JSON with a stray bracket", utf8('{"a":[1}]}'), "not-json"],
    [
      "something behind the end",
      utf8(`${new TextDecoder().decode(writeSnapshot(smallHeap()))}{}`),
      "not-json",
    ],
  ])("%s", (_, bytes, reason) => {
    const error = errorOf(bytes);
    expect(error?.reason).toBe(reason);
    expect(error?.message).toMatch(/^[^\n]{15,200}$/);
    expect(error?.byteOffset).toBeLessThanOrEqual(bytes.length);
    expect(errorOf(bytes, [...bytes.keys()])).toMatchObject({
      reason,
      byteOffset: error?.byteOffset,
    });
  });
});

const replaced =
  (section: string, from: string | RegExp, to: string): NonNullable<WriteOptions["spoil"]> =>
  (name, text) =>
    name === section ? text.replace(from, to) : text;

describe("a snapshot that contradicts itself is refused with its reason:", () => {
  test.each<readonly [string, WriteOptions, SnapshotFormatReason]>([
    ["no node fields", { meta: { node_fields: undefined } }, "missing-field"],
    ["a node field that we need", { meta: { node_fields: ["type", "name"] } }, "missing-field"],
    ["an edge field that we need", { meta: { edge_fields: ["type", "to_node"] } }, "missing-field"],
    ["a location field that we need", { meta: { location_fields: ["line"] } }, "missing-field"],
    ["no names of node types", { meta: { node_types: ["string"] } }, "missing-field"],
    ["no node count", { header: { node_count: undefined } }, "missing-field"],
    ["a node count that is no number", { header: { node_count: "9" } }, "bad-count"],
    ["a negative edge count", { header: { edge_count: -1 } }, "bad-count"],
    ["a broken node count", { header: { node_count: 1.5 } }, "bad-count"],
    ["more nodes than promised", { header: { node_count: 2 } }, "bad-count"],
    ["fewer nodes than promised", { header: { node_count: 2 ** 31 } }, "bad-count"],
    ["more edges than promised", { header: { edge_count: 1 } }, "bad-count"],
    ["fewer edges than promised", { header: { edge_count: 2 ** 31 } }, "bad-count"],
    ["a node cut short", { spoil: replaced("nodes", /,\d+\]$/, "]") }, "bad-count"],
    ["an edge cut short", { spoil: replaced("edges", /,\d+\]$/, "]") }, "bad-count"],
    ["a location cut short", { spoil: replaced("locations", /,\d+\]$/, "]") }, "bad-count"],
    ["an edge to nowhere", { spoil: replaced("edges", /\d+\]$/, "6000]") }, "out-of-range"],
    ["an edge into a node's middle", { spoil: replaced("edges", /\d+\]$/, "7]") }, "out-of-range"],
    ["a negative edge target", { spoil: replaced("edges", /\d+\]$/, "-6]") }, "out-of-range"],
    ["an unknown edge type", { spoil: replaced("edges", /^\[\d+/, "[99") }, "out-of-range"],
    ["an unknown node type", { spoil: replaced("nodes", /^\[\d+/, "[99") }, "out-of-range"],
    [
      "a name that is no string",
      { spoil: replaced("nodes", /^\[(\d+),\d+/, "[$1,999") },
      "out-of-range",
    ],
    [
      "an edge name that is no string",
      { spoil: replaced("edges", /^\[(\d+),\d+/, "[$1,999") },
      "out-of-range",
    ],
    ["a location of nothing", { spoil: replaced("locations", /^\[\d+/, "[60000") }, "out-of-range"],
    [
      "an enormous number",
      { spoil: replaced("nodes", /^\[\d+/, `[${"9".repeat(400)}`) },
      "out-of-range",
    ],
    [
      "an id beyond 32 bits",
      { spoil: replaced("nodes", /^\[(\d+),(\d+),\d+/, "[$1,$2,5000000000") },
      "out-of-range",
    ],
    ["text among the numbers", { spoil: replaced("edges", ",", ',"x",') }, "not-json"],
    ["a fraction", { spoil: replaced("nodes", /^\[\d+/, "[1.5") }, "not-json"],
    ["an exponent", { spoil: replaced("nodes", /^\[\d+/, "[1e3") }, "not-json"],
    ["a lonely minus", { spoil: replaced("nodes", /^\[\d+/, "[-") }, "not-json"],
    ["two commas", { spoil: replaced("edges", ",", ",,") }, "not-json"],
    ["two numbers without a comma", { spoil: replaced("edges", ",", " ") }, "not-json"],
    ["a comma at the end", { spoil: replaced("edges", /\]$/, ",]") }, "not-json"],
    ["an unknown escape", { spoil: replaced("strings", "dummy", String.raw`\x`) }, "not-json"],
    ["a broken escape", { spoil: replaced("strings", "dummy", String.raw`\u12G4`) }, "not-json"],
    ["a number among the strings", { spoil: replaced("strings", /^\[/, "[1,") }, "not-json"],
    [
      "a list that is an object",
      { spoil: (name, text) => (name === "nodes" ? "{}" : text) },
      "not-a-snapshot",
    ],
    ["no edges", { sections: ["snapshot", "nodes", "strings"] }, "missing-section"],
    ["no nodes", { sections: ["snapshot", "edges", "strings"] }, "missing-section"],
    ["no strings", { sections: ["snapshot", "nodes", "edges"] }, "missing-section"],
    ["the nodes twice", { sections: ["snapshot", "nodes", "nodes"] }, "not-a-snapshot"],
  ])("%s", (_, options, reason) => {
    const bytes = writeSnapshot(smallHeap(), options);
    const error = errorOf(bytes);
    expect(error).toMatchObject({ reason });
    expect(error?.message).toMatch(/^[^\n]{15,200}$/);
    expect(error?.byteOffset).toBeLessThanOrEqual(bytes.length);
    expect(errorOf(bytes, [...bytes.keys()])?.reason).toBe(reason);
  });
});

test("a number out of range is named with its row, its value and what it could have been", () => {
  const messageOf = (section: string, from: RegExp, to: string) =>
    errorOf(writeSnapshot(smallHeap(), { spoil: replaced(section, from, to) }))?.message;
  expect(messageOf("edges", /\d+\]$/, "6000]")).toBe(
    'Row 4 of the "edges" section leads to 6000, but the 6 nodes end at 36.',
  );
  expect(messageOf("nodes", /^\[\d+/, "[99")).toBe(
    'Row 0 of the "nodes" section has type 99, but there are 15 types.',
  );
  expect(messageOf("nodes", /^\[(\d+),\d+/, "[$1,999")).toBe(
    'Row 0 of the "nodes" section is named by string 999, but there are 8 strings.',
  );
});

test("no objects at all is not a heap", () => {
  const empty = { nodes: [], places: [] };
  expect(errorOf(writeSnapshot(empty))).toMatchObject({ reason: "bad-count" });
});

test("a file that ends too early says so, at every byte", () => {
  for (const options of [{}, { layout: olderLayout, escapeNonAscii: false }]) {
    const bytes = writeSnapshot(smallHeap(), options);
    for (let length = 1; length < bytes.length; length++) {
      expect(errorOf(bytes.subarray(0, length))).toMatchObject({
        reason: "truncated",
        byteOffset: length,
      });
    }
    expect(errorOf(bytes)).toBeNull();
  }
});

test("damage anywhere is either harmless or a clear error, cut or not", () => {
  const bytes = writeSnapshot(smallHeap());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(bytes.length - 1), { maxLength: 5 }),
      (changes, cuts) => {
        const damaged = bytes.slice();
        for (const [at, byte] of changes) damaged[at] = byte;
        const error = errorOf(damaged);
        expect(errorOf(damaged, cuts)?.reason).toBe(error?.reason);
        if (error) expect(error.message).not.toContain("\n");
      },
    ),
    { seed: 42, numRuns: 3000 },
  );
});

test("bytes without any sense are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(errorOf(bytes)).toBeInstanceOf(SnapshotFormatError);
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test("a header that lies about its counts takes no memory", () => {
  const before = process.memoryUsage().arrayBuffers;
  const bytes = writeSnapshot(smallHeap(), {
    header: { node_count: 4_000_000_000, edge_count: 4_000_000_000 },
  });
  const parser = createSnapshotParser();
  parser.push(bytes);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  expect(() => parser.finish()).toThrow(SnapshotFormatError);
});

test("a string that never ends takes no more memory than a few times its bytes", () => {
  const parser = createSnapshotParser();
  parser.push(utf8('{"strings":["'));
  const before = process.memoryUsage().arrayBuffers;
  const chunk = new Uint8Array(1 << 20).fill(97);
  for (let count = 0; count < 40; count++) parser.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * 1024 * 1024);
  expect(() => parser.finish()).toThrow(SnapshotFormatError);
});

test("brackets without end are refused before they exhaust the memory", () => {
  const parser = createSnapshotParser();
  parser.push(utf8('{"deep":'));
  const chunk = new Uint8Array(1 << 20).fill(91);
  expect(() => {
    for (let count = 0; count < 64; count++) parser.push(chunk);
  }).toThrow(SnapshotFormatError);
});

test("a key without end is refused", () => {
  const parser = createSnapshotParser();
  expect(() => parser.push(utf8(`{"${"k".repeat(1 << 16)}`))).toThrow(SnapshotFormatError);
});
