import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryHeap } from "../../build/arbitraryHeap.ts";
import { arbitraryTracking } from "../../build/arbitraryTracking.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { asRead, parseInPieces, readHeap } from "../../build/readColumns.ts";
import { plainColumns, referenceColumns } from "../../build/referenceColumns.ts";
import { allLayouts, writeSnapshot } from "../../build/snapshotWriter.ts";

const everything = { allocations: true, samples: true };
/** More than a chunk's end away from the start of a section, so that rows are read in all ways there are. */
const repeats = 40;

describe.each(allLayouts)("a snapshot of %s", (_, layout) => {
  test("is read as it was drawn", () => {
    const heap = drawHeap();
    const script = heap.script("file:///app/shop.js");
    const place = { scriptId: 71, line: 11, column: 4 };
    heap.hold("onClose", heap.closure("onClose", script, { place }));
    const drawn = asRead(heap);
    const places = layout.locationFields.length > 0 ? drawn.places : [];
    expect(readHeap(parseInPieces(writeSnapshot(heap, { layout })))).toEqual({ ...drawn, places });
  });

  test("has the columns that JSON.parse finds, however it is cut", () => {
    fc.assert(
      fc.property(
        arbitraryHeap,
        arbitraryTracking(14),
        fc.boolean(),
        fc.array(fc.nat(40_000), { maxLength: 30 }),
        (heap, tracking, escapeNonAscii, cuts) => {
          const known = layout.nodeFields.includes("trace_node_id") ? tracking : undefined;
          const options = { layout, escapeNonAscii, ...(known && { tracking: known }) };
          const bytes = writeSnapshot(heap, options);
          const inside = cuts.map((cut) => cut % bytes.length);
          const read = parseInPieces(bytes, inside, everything);
          expect(plainColumns(read)).toEqual(referenceColumns(bytes));
        },
      ),
      { seed: 42, numRuns: 150 },
    );
  });

  test("has the columns that JSON.parse finds in its fast lanes too", () => {
    const heap = drawHeap();
    for (let number = 0; number < repeats; number++) {
      const held = heap.node("array", `name ${number}`, {
        selfSizeBytes: 3 ** (number % 25),
        detachedness: number % 3,
      });
      heap.edge(held, "element", 10 ** (number % 10), heap.root);
      heap.hold(`property ${number}`, held);
    }
    const bytes = writeSnapshot(heap, { layout });
    for (const size of [1, 7, 64, 501, bytes.length]) {
      const cuts = [...Array(Math.ceil(bytes.length / size)).keys()].map((part) => part * size);
      expect(plainColumns(parseInPieces(bytes, cuts, everything))).toEqual(referenceColumns(bytes));
    }
  });

  test("has no columns that nobody asked for", () => {
    const { allocations, samples } = parseInPieces(writeSnapshot(drawHeap(), { layout }));
    expect([allocations, samples]).toEqual([null, null]);
  });
});
