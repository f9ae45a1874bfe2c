import fc from "fast-check";
import { expect, test } from "vitest";
import { SnapshotFormatError } from "../../../extension/snapshot/snapshotFormatError.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import { type PlainColumns, plainColumns, referenceColumns } from "../../build/referenceColumns.ts";
import {
  allLayouts,
  type DrawnTracking,
  newerLayout,
  olderLayout,
  writeSnapshot,
} from "../../build/snapshotWriter.ts";

const everything = { allocations: true, samples: true };

const tracking: DrawnTracking = {
  functions: [
    { objectId: 0, name: "(root)", scriptName: "", scriptId: 0, line: 0, column: 0 },
    { objectId: 71, name: "make", scriptName: "/é.js", scriptId: 9, line: 3, column: 14 },
  ],
  traces: [
    {
      ...{ id: 1, functionRow: 0, count: 0, size: 0 },
      children: [{ id: 2, functionRow: 1, count: 4, size: 64, children: [] }],
    },
  ],
  samples: [{ timestampUs: 0, lastObjectId: 41 }],
  traceOfNode: [0, 0, 2],
};

function smallHeap() {
  const heap = drawHeap();
  const script = heap.script("file:///app/é.js");
  const place = { scriptId: 7, line: 1, column: 2 };
  heap.hold("onClose", heap.closure("onClose", script, { place }));
  heap.hold("list", heap.node("array", "", { selfSizeBytes: 12_345_678_901 }));
  return heap;
}

const trackedLayout = { ...olderLayout, rowPerLine: false };
const small = writeSnapshot(smallHeap(), { layout: trackedLayout, tracking });

/** The columns, or the error with a place inside the file; anything else thrown is a bug and fails the test. */
function outcomeOf(bytes: Uint8Array, cuts: readonly number[] = []) {
  try {
    return plainColumns(parseInPieces(bytes, cuts, everything));
  } catch (error) {
    if (!(error instanceof SnapshotFormatError)) throw error;
    expect(error.byteOffset).toBeGreaterThanOrEqual(0);
    expect(error.byteOffset).toBeLessThanOrEqual(bytes.length);
    expect(error.message).toMatch(/^[^\n]{15,250} \(byte \d+\)\.$/);
    return error;
  }
}

const isError = (outcome: PlainColumns | SnapshotFormatError): outcome is SnapshotFormatError =>
  outcome instanceof SnapshotFormatError;

/** Whatever was done to the bytes: an error, or just what JSON.parse finds. */
function expectSense(bytes: Uint8Array, cuts: readonly number[] = []): void {
  const outcome = outcomeOf(bytes, cuts);
  if (!isError(outcome)) expect(outcome).toEqual(referenceColumns(bytes));
}

test.each(allLayouts)("a file of %s that ends too early says so, at every byte", (_, layout) => {
  for (const escapeNonAscii of [true, false]) {
    const bytes = writeSnapshot(smallHeap(), { layout, escapeNonAscii });
    for (let length = 1; length < bytes.length; length++) {
      expect(outcomeOf(bytes.subarray(0, length))).toMatchObject({
        reason: "truncated",
        byteOffset: length,
      });
    }
    expect(isError(outcomeOf(bytes))).toBe(false);
  }
});

test("every range of bytes that is replaced is noticed, or is nothing that JSON.parse minds", () => {
  for (const replacement of ["\0", '"', "[", "]", "9", ","]) {
    for (const length of [1, 9]) {
      for (let from = 0; from < small.length; from++) {
        const damaged = small.slice();
        damaged.fill(replacement.charCodeAt(0), from, from + length);
        expectSense(damaged);
      }
    }
  }
});

test("every byte that is lost or comes twice is noticed, or is nothing that JSON.parse minds", () => {
  for (let at = 0; at < small.length; at++) {
    expectSense(Uint8Array.of(...small.subarray(0, at), ...small.subarray(at + 1)));
    expectSense(Uint8Array.of(...small.subarray(0, at + 1), ...small.subarray(at)));
  }
});

const anyChange = fc.oneof(
  fc.record({ kind: fc.constant("byte" as const), at: fc.nat(), value: fc.nat(255) }),
  fc.record({
    kind: fc.constant("text" as const),
    at: fc.nat(),
    value: fc.constantFrom(
      ...[
        "0",
        "1",
        "-",
        "99",
        "4294967296",
        "1e9",
        "0.5",
        "000",
        "null",
        '"',
        "\\",
        "\\u",
        "\\ud83d",
      ],
      ...[
        "[",
        "]",
        "[]",
        "{",
        "}",
        ",",
        ",,",
        ":",
        " ",
        "\n",
        "\ufeff",
        "é",
        '"nodes":[]',
        '"strings":',
      ],
    ),
  }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), value: fc.nat(60) }),
  fc.record({ kind: fc.constant("twice" as const), at: fc.nat(), value: fc.nat(60) }),
);

type Change = typeof anyChange extends fc.Arbitrary<infer Value> ? Value : never;

function changed(bytes: Uint8Array, { kind, at, value }: Change): Uint8Array {
  const place = at % (bytes.length + 1);
  const before = bytes.subarray(0, place);
  const behind = bytes.subarray(place);
  switch (kind) {
    case "byte":
      return Uint8Array.of(...before, value, ...behind.subarray(1));
    case "text":
      return Uint8Array.of(...before, ...new TextEncoder().encode(value), ...behind);
    case "cut":
      return Uint8Array.of(...before, ...behind.subarray(value));
    case "twice":
      return Uint8Array.of(...before, ...behind.subarray(0, value), ...behind);
  }
}

test("whatever is changed, however it is cut: an error with its place, or what JSON.parse finds", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        small,
        writeSnapshot(smallHeap(), { layout: olderLayout, tracking, escapeNonAscii: false }),
        writeSnapshot(smallHeap(), {
          ...{ layout: trackedLayout, tracking },
          sections: [
            ...(["strings", "trace_tree", "edges", "samples", "nodes", "snapshot"] as const),
            ...(["locations", "trace_function_infos"] as const),
          ],
        }),
      ),
      fc.array(anyChange, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (bytes, changes, cuts) => {
        const damaged = changes.reduce(changed, bytes);
        const inside = cuts.map((cut) => cut % (damaged.length + 1));
        expectSense(damaged, inside);
        const whole = outcomeOf(damaged);
        const inPieces = outcomeOf(damaged, inside);
        if (isError(whole)) {
          expect(inPieces).toMatchObject({ reason: whole.reason, byteOffset: whole.byteOffset });
        } else expect(inPieces).toEqual(whole);
      },
    ),
    { seed: 42, numRuns: 4000 },
  );
});

test("bytes without any sense are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(outcomeOf(bytes)).toBeInstanceOf(SnapshotFormatError);
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test("bytes that are no UTF-8 become replacement characters, and the strings around them stay", () => {
  const heap = drawHeap();
  heap.hold("x", heap.node("string", "NAME"));
  const bytes = writeSnapshot(heap, { layout: newerLayout });
  const at = new TextDecoder().decode(bytes).indexOf("NAME");
  bytes.set([0xc3, 0x28, 0xf0, 0x9f], at);
  const { strings } = plainColumns(parseInPieces(bytes));
  expect(strings).toEqual(referenceColumns(bytes).strings);
  expect(strings.at(-2)).toBe("\ufffd(\ufffd");
});
