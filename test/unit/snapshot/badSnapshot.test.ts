import { describe, expect, test } from "vitest";
import {
  SnapshotFormatError,
  type SnapshotFormatReason,
} from "../../../extension/snapshot/snapshotFormatError.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import {
  newerLayout,
  olderLayout,
  type WriteOptions,
  writeSnapshot,
} from "../../build/snapshotWriter.ts";

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
    ["a gzip archive", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), "not-a-snapshot"],
    ["a program", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), "not-a-snapshot"],
    ["a text", utf8("Hello, this is not a snapshot."), "not-a-snapshot"],
    ["a UTF-16 file", Uint8Array.of(0xff, 0xfe, 0x7b, 0), "not-a-snapshot"],
    ["half a byte order mark", Uint8Array.of(0xef, 0xbb, 0x7b, 0x7d), "not-a-snapshot"],
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
    expect(error?.message).toMatch(/^[^\n]{15,200} \(byte \d+\)\.$/);
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

const earlyNodes = (nodes: string): WriteOptions => ({
  sections: ["nodes", "snapshot", "edges", "strings"],
  spoil: (name, text) => (name === "nodes" ? nodes : text),
});

const manyTypes = Array.from({ length: 257 }, (_, number) => `type ${number}`);

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
    [
      "an endless edge count",
      { spoil: replaced("snapshot", /"edge_count":\d+/, '"edge_count":1e999') },
      "bad-count",
    ],
    ["an absurd node count", { header: { node_count: 1e15 } }, "too-large"],
    ["an edge count beyond 32 bits", { header: { edge_count: 2 ** 32 } }, "too-large"],
    ["more nodes than promised", { header: { node_count: 2 } }, "bad-count"],
    ["fewer nodes than promised", { header: { node_count: 2 ** 31 - 1 } }, "bad-count"],
    ["more edges than promised", { header: { edge_count: 1 } }, "bad-count"],
    ["fewer edges than promised", { header: { edge_count: 2 ** 31 - 1 } }, "bad-count"],
    [
      "fewer edges than its nodes say",
      { spoil: replaced("nodes", /^(\[(?:\d+,){4})\d+/, "$14") },
      "bad-count",
    ],
    [
      "more edges than its nodes say",
      { spoil: replaced("nodes", /^(\[(?:\d+,){4})\d+/, "$10") },
      "bad-count",
    ],
    [
      "a node of more edges than there are numbers",
      { spoil: replaced("nodes", /^(\[(?:\d+,){4})\d+/, `$1${"9".repeat(15)}`) },
      "bad-count",
    ],
    ["a node cut short", { spoil: replaced("nodes", /,\d+\]$/, "]") }, "bad-count"],
    ["an edge cut short", { spoil: replaced("edges", /,\d+\]$/, "]") }, "bad-count"],
    ["a location cut short", { spoil: replaced("locations", /,\d+\]$/, "]") }, "bad-count"],
    ["an edge to nowhere", { spoil: replaced("edges", /\d+\]$/, "6000]") }, "out-of-range"],
    ["an edge into a node's middle", { spoil: replaced("edges", /\d+\]$/, "7]") }, "out-of-range"],
    ["an edge of a negative type", { spoil: replaced("edges", /^\[\d+/, "[-1") }, "out-of-range"],
    ["a node of a negative type", { spoil: replaced("nodes", /^\[\d+/, "[-1") }, "out-of-range"],
    [
      "a negative size",
      { spoil: replaced("nodes", /^(\[(?:\d+,){3})\d+/, "$1-1") },
      "out-of-range",
    ],
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
    [
      "an edge name beyond 32 bits",
      { spoil: replaced("edges", /^\[(\d+),\d+/, "[$1,4294967296") },
      "out-of-range",
    ],
    [
      "a location in a node's middle",
      { spoil: replaced("locations", /^\[\d+/, "[7") },
      "out-of-range",
    ],
    [
      "a location on a line beyond 32 bits",
      { spoil: replaced("locations", /\d+,\d+\]$/, "4294967296,0]") },
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
    ["a zero in front", { spoil: replaced("nodes", /^\[\d+/, "[09") }, "not-json"],
    ["a zero in front, further back", { spoil: replaced("edges", /\d+\]$/, "06]") }, "not-json"],
    ["a lonely minus", { spoil: replaced("nodes", /^\[\d+/, "[-") }, "not-json"],
    ["two commas", { spoil: replaced("edges", ",", ",,") }, "not-json"],
    ["two numbers without a comma", { spoil: replaced("edges", ",", " ") }, "not-json"],
    ["a comma at the end", { spoil: replaced("edges", /\]$/, ",]") }, "not-json"],
    ["an unknown escape", { spoil: replaced("strings", "dummy", String.raw`\x`) }, "not-json"],
    ["a broken escape", { spoil: replaced("strings", "dummy", String.raw`\u12G4`) }, "not-json"],
    ["a line break in a string", { spoil: replaced("strings", "dummy", "\n") }, "not-json"],
    ["strings without a comma", { spoil: replaced("strings", '","', '""') }, "not-json"],
    ["strings that are no list", { spoil: replaced("strings", /^\[/, "{") }, "not-a-snapshot"],
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
    ["the strings twice", { sections: ["snapshot", "strings", "strings"] }, "not-a-snapshot"],
    ["the header twice", { sections: ["snapshot", "snapshot"] }, "not-a-snapshot"],
    ["nodes that are not numbers before the header", earlyNodes('[{"id":1}]'), "not-a-snapshot"],
    [
      "a header of more than a megabyte",
      { header: { long: "x".repeat(1 << 20) } },
      "not-a-snapshot",
    ],
    ["more types than a byte can number", { meta: { node_types: [manyTypes] } }, "missing-field"],
  ])("%s", (_, options, reason) => {
    const bytes = writeSnapshot(smallHeap(), options);
    const error = errorOf(bytes);
    expect(error).toMatchObject({ reason });
    expect(error?.message).toMatch(/^[^\n]{15,200} \(byte \d+\)\.$/);
    expect(error?.byteOffset).toBeLessThanOrEqual(bytes.length);
    expect(errorOf(bytes, [...bytes.keys()])?.reason).toBe(reason);
  });
});

test("a compressed snapshot is named as that", () => {
  expect(errorOf(Uint8Array.of(0x1f, 0x8b, 8, 0))?.message).toBe(
    "The file is not a heap snapshot: it does not begin as JSON, but as a gzip archive does; unpack it first (byte 0).",
  );
});

/** The message without the place, which has a test of its own. */
const messageOf = (options: WriteOptions) =>
  errorOf(writeSnapshot(smallHeap(), options))?.message.replace(/ \(byte \d+\)\.$/, "");

test("a number out of range is named with its row, its value and what it could have been", () => {
  const spoiled = (section: string, from: RegExp, to: string) =>
    messageOf({ spoil: replaced(section, from, to) });
  expect(spoiled("edges", /\d+\]$/, "6000]")).toBe(
    'Row 4 of the "edges" section leads to 6000, but the 6 nodes end at 36',
  );
  expect(spoiled("edges", /\d+\]$/, "7]")).toBe(
    'Row 4 of the "edges" section leads to 7, where no node begins: a node has 6 fields',
  );
  expect(spoiled("nodes", /^\[\d+/, "[99")).toBe(
    'Row 0 of the "nodes" section has type 99, but there are 15 types',
  );
  expect(spoiled("nodes", /^\[(\d+),\d+/, "[$1,999")).toBe(
    'Row 0 of the "nodes" section is named by string 999, but there are 8 strings',
  );
  expect(spoiled("edges", /^\[(\d+),\d+/, "[$1,999")).toBe(
    'Row 0 of the "edges" section is named by string 999, but there are 8 strings',
  );
  expect(spoiled("locations", /^\[\d+/, "[7")).toBe(
    'Row 0 of the "locations" section has 7 for its object_index, where no node begins',
  );
});

test("a wrong count is named with what was promised and what there is", () => {
  expect(messageOf({ header: { edge_count: 7 } })).toBe(
    "The header promises 7 edges, but all nodes together have 5",
  );
  expect(messageOf({ header: { node_count: 7 } })).toBe(
    "The header promises 7 nodes, but there are 6",
  );
  expect(messageOf({ header: { edge_count: 3 } })).toBe(
    "The header promises 3 edges, but the nodes up to row 4 have 4",
  );
  expect(messageOf({ header: { edge_count: 2 ** 31 } })).toBe(
    `The header's "edge_count" is 2147483648; at most 2147483647 can be read`,
  );
});

test.each([
  ["nodes", newerLayout],
  ["nodes", olderLayout],
  ["edges", newerLayout],
  ["edges", olderLayout],
  ["edges", { ...newerLayout, edgeFields: newerLayout.edgeFields.toReversed() }],
  ["locations", newerLayout],
] as const)(
  "the place is where the wrong row begins, in %s and however it is cut",
  (section, layout) => {
    const heap = smallHeap();
    for (let count = 0; count < 20; count++) {
      const place = { scriptId: 7, line: count, column: 3 };
      heap.hold(`held ${count}`, heap.node("closure", "held", { place }));
    }
    const separator = layout.rowPerLine ? "\n," : ",";
    const width = {
      nodes: layout.nodeFields,
      edges: layout.edgeFields,
      locations: layout.locationFields,
    }[section].length;
    for (const wrongRow of [0, 1, 11, 19]) {
      const wrong = Array(width).fill("987654").join();
      const bytes = writeSnapshot(heap, {
        layout,
        spoil: (name, text) => {
          if (name !== section) return text;
          const numbers = text.slice(1, -1).split(/\n?,/);
          numbers.splice(wrongRow * width, width, wrong);
          const rows: string[] = [];
          while (numbers.length > 0)
            rows.push(numbers.splice(0, numbers[0] === wrong ? 1 : width).join());
          return `[${rows.join(separator)}]`;
        },
      });
      const text = new TextDecoder().decode(bytes);
      const expected = text.indexOf(wrong);
      expect(errorOf(bytes)).toMatchObject({ reason: "out-of-range", byteOffset: expected });
      for (let cut = expected - 60; cut < expected + 60; cut++) {
        expect(errorOf(bytes, [cut])?.byteOffset).toBe(expected);
      }
      expect(errorOf(bytes, [...bytes.keys()])?.byteOffset).toBe(expected);
    }
  },
);

test("no objects at all is not a heap", () => {
  const empty = { nodes: [], places: [] };
  expect(errorOf(writeSnapshot(empty))).toMatchObject({ reason: "bad-count" });
});
