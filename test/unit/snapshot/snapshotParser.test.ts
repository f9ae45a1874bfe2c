import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSnapshotParser } from "../../../extension/snapshot/snapshotParser.ts";
import { arbitraryHeap } from "../../build/arbitraryHeap.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { asRead, parseInPieces, readHeap } from "../../build/readColumns.ts";
import {
  newerLayout,
  olderLayout,
  type SnapshotLayout,
  writeSnapshot,
} from "../../build/snapshotWriter.ts";

const layouts: readonly (readonly [string, SnapshotLayout])[] = [
  ["Node 20 and 22", olderLayout],
  ["Node 24 and 26", newerLayout],
];

function smallHeap() {
  const heap = drawHeap();
  const script = heap.script("file:///app/shop.js");
  const scope = heap.scope({ cart: heap.object("Cart") });
  const place = { scriptId: 71, line: 11, column: 4 };
  heap.hold("onClose", heap.closure("onClose", script, { place, scope }));
  heap.hold(
    "prices",
    heap.node("array", "", { selfSizeBytes: 5 * 2 ** 32, objectId: 4_000_000_001 }),
  );
  return heap;
}

describe.each(layouts)("a snapshot as %s writes it", (_, layout) => {
  test("is read as it was drawn", () => {
    const heap = smallHeap();
    expect(readHeap(parseInPieces(writeSnapshot(heap, { layout })))).toEqual(asRead(heap));
  });

  test("is read the same when it comes byte by byte", () => {
    const bytes = writeSnapshot(smallHeap(), { layout });
    const everywhere = [...bytes.keys()];
    expect(readHeap(parseInPieces(bytes, everywhere))).toEqual(readHeap(parseInPieces(bytes)));
  });

  test("is read the same however it is cut and whatever its strings are", () => {
    fc.assert(
      fc.property(
        arbitraryHeap,
        fc.boolean(),
        fc.array(fc.nat(20_000), { maxLength: 30 }),
        (heap, escapeNonAscii, cuts) => {
          const bytes = writeSnapshot(heap, { layout, escapeNonAscii });
          const inside = cuts.map((cut) => cut % bytes.length);
          expect(readHeap(parseInPieces(bytes, inside))).toEqual(asRead(heap));
        },
      ),
      { seed: 42, numRuns: 150 },
    );
  });
});

test("fields are found by their names in meta, whatever their order and whatever stands between", () => {
  const heap = smallHeap();
  const layout: SnapshotLayout = {
    ...newerLayout,
    nodeFields: ["new", "edge_count", "self_size", "type", "colour", "id", "name"],
    edgeFields: ["to_node", "age", "name_or_index", "type"],
    locationFields: ["column", "line", "script_id", "object_index", "kind"],
    nodeTypes: newerLayout.nodeTypes.toReversed(),
    edgeTypes: ["new", ...newerLayout.edgeTypes],
  };
  expect(readHeap(parseInPieces(writeSnapshot(heap, { layout })))).toEqual(asRead(heap));
});

test("sections may come in any order, also before the header", () => {
  const heap = smallHeap();
  const all = ["snapshot", "strings", "locations", "samples", "edges", "nodes"] as const;
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...all], { minLength: all.length }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (sections, cuts) => {
        const bytes = writeSnapshot(heap, { sections });
        const inside = cuts.map((cut) => cut % bytes.length);
        expect(readHeap(parseInPieces(bytes, inside))).toEqual(asRead(heap));
      },
    ),
    { seed: 42, numRuns: 100 },
  );
});

test("sections that nobody knows are skipped, with all that JSON can hold", () => {
  const heap = smallHeap();
  const bytes = writeSnapshot(heap, {
    unknownSections: {
      deep: `${"[".repeat(5000)}${"]".repeat(5000)}`,
      odd: String.raw`{"a\"]}":[1.5e-3,"}]\\",{"b":null,"c":[true,false,{}]}],"\ud83d\ude00":-0}`,
      text: String.raw`"\\\""`,
      number: " -12.5E+3 ",
      nothing: "null",
    },
  });
  expect(readHeap(parseInPieces(bytes))).toEqual(asRead(heap));
  const everywhere = [...bytes.keys()];
  expect(readHeap(parseInPieces(bytes, everywhere))).toEqual(asRead(heap));
});

test("blanks, line ends of Windows and a byte order mark change nothing", () => {
  const heap = smallHeap();
  const text = new TextDecoder().decode(writeSnapshot(heap, { layout: olderLayout }));
  const loose = text.replaceAll("\n,", " \r\n\t, ").replaceAll('":', '" :\n');
  const bytes = new TextEncoder().encode(`\ufeff \n${loose}\r\n `);
  expect(readHeap(parseInPieces(bytes))).toEqual(asRead(heap));
});

test("every escape of JSON in a string is undone, wherever it is cut", () => {
  const heap = drawHeap();
  const name = '\ufeffa"\\/\b\f\n\r\t\u0001é€😀\u{10ffff}z';
  heap.hold("x", heap.node("string", name));
  for (const escapeNonAscii of [true, false]) {
    const bytes = writeSnapshot(heap, { escapeNonAscii });
    const start = bytes.length - 120;
    for (let cut = start; cut < bytes.length; cut++) {
      expect(readHeap(parseInPieces(bytes, [cut])).nodes.at(-1)?.name).toBe(name);
    }
  }
});

test("half a surrogate pair becomes the replacement character, and what follows it stays", () => {
  const heap = drawHeap();
  heap.hold("x", heap.node("string", "NAME"));
  const bytes = writeSnapshot(heap, {
    spoil: (section, text) =>
      section === "strings"
        ? text.replace("NAME", String.raw`\ud83d\n\ud83d\ud83d\ude00\ude00\ud83d`)
        : text,
  });
  for (let cut = bytes.length - 60; cut < bytes.length; cut++) {
    expect(readHeap(parseInPieces(bytes, [cut])).nodes.at(-1)?.name).toBe(
      "\ufffd\n\ufffd😀\ufffd\ufffd",
    );
  }
});

test("locations come in the order of their nodes, whatever their order in the file", () => {
  const heap = drawHeap();
  for (let line = 0; line < 3; line++) {
    heap.node("closure", "f", { place: { scriptId: 1, line, column: 10 * line } });
  }
  const bytes = writeSnapshot(heap, {
    spoil: (section, text) => (section === "locations" ? "[24,1,2,20,12,1,0,0,18,1,1,10]" : text),
  });
  expect(readHeap(parseInPieces(bytes)).places).toEqual(asRead(heap).places);
});

test("sizes are 32 bits wide, unless there is one over 4 GiB", () => {
  const sizesOf = (...sizes: number[]) => {
    const heap = drawHeap();
    for (const selfSizeBytes of sizes) heap.node("array", "a", { selfSizeBytes });
    return parseInPieces(writeSnapshot(heap)).nodes.nodeSelfSize;
  };
  expect(sizesOf(2 ** 32 - 1, 7)).toEqual(Uint32Array.of(0, 16, 2 ** 32 - 1, 7));
  expect(sizesOf(5, 2 ** 32, 7)).toEqual(Float64Array.of(0, 16, 5, 2 ** 32, 7));
});

test("bytesRead counts what was pushed", () => {
  const parser = createSnapshotParser();
  const bytes = writeSnapshot(smallHeap());
  parser.push(bytes.subarray(0, 10));
  expect(parser.bytesRead).toBe(10);
  parser.push(new Uint8Array(0));
  parser.push(bytes.subarray(10));
  expect(parser.bytesRead).toBe(bytes.length);
});

test("a chunk may be overwritten as soon as it was taken", () => {
  const heap = smallHeap();
  const bytes = writeSnapshot(heap);
  const parser = createSnapshotParser();
  const chunk = new Uint8Array(64);
  for (let from = 0; from < bytes.length; from += chunk.length) {
    const part = bytes.subarray(from, from + chunk.length);
    chunk.set(part);
    parser.push(chunk.subarray(0, part.length));
    chunk.fill(120);
  }
  expect(readHeap(parser.finish())).toEqual(asRead(heap));
});
