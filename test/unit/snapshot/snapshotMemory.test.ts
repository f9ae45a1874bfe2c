import { expect, test } from "vitest";
import { emptyColumn } from "../../../extension/snapshot/growableColumn.ts";
import { SnapshotFormatError } from "../../../extension/snapshot/snapshotFormatError.ts";
import { createSnapshotParser } from "../../../extension/snapshot/snapshotParser.ts";
import type { ParserOptions } from "../../../extension/snapshot/snapshotTables.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import { newerLayout, type WriteOptions, writeSnapshot } from "../../build/snapshotWriter.ts";

const megabyte = 1 << 20;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Bytes of typed arrays that were allocated by pushing these chunks, as far as they are still there. */
function allocatedBytes(chunks: readonly Uint8Array[], options: ParserOptions = {}): number {
  const before = process.memoryUsage().arrayBuffers;
  const parser = createSnapshotParser({ allocations: true, samples: true, ...options });
  expect(() => {
    for (const chunk of chunks) parser.push(chunk);
    parser.finish();
  }).toThrow(SnapshotFormatError);
  return process.memoryUsage().arrayBuffers - before;
}

function wideHeap(nodes: number) {
  const heap = drawHeap();
  for (let count = 0; count < nodes; count++) heap.hold("held", heap.node("array", "held"));
  return heap;
}

const absurd = { node_count: 2 ** 31 - 1, edge_count: 2 ** 31 - 1 };

test("a header that lies about its counts takes no memory", () => {
  const bytes = writeSnapshot(drawHeap(), { header: absurd });
  expect(allocatedBytes([bytes])).toBeLessThan(megabyte);
});

test.each<readonly [string, WriteOptions]>([
  ["in V8's order", {}],
  ["before its header", { sections: ["nodes", "edges", "strings", "snapshot"] }],
  [
    "with its fields in another order",
    {
      layout: {
        ...newerLayout,
        nodeFields: newerLayout.nodeFields.toReversed(),
        edgeFields: newerLayout.edgeFields.toReversed(),
      },
    },
  ],
])("a file that lies about its counts takes a few times its bytes, %s", (_, options) => {
  const bytes = writeSnapshot(wideHeap(150_000), { header: absurd, ...options });
  expect(bytes.length).toBeGreaterThan(3 * megabyte);
  expect(allocatedBytes([bytes])).toBeLessThan(20 * bytes.length);
});

test("a header that names fifty thousand fields takes no more than its bytes justify", () => {
  const fields = Array.from({ length: 50_000 }, (_, number) => `f${number}`);
  const meta = {
    node_fields: [...newerLayout.nodeFields, ...fields],
    location_fields: [...newerLayout.locationFields, ...fields],
  };
  expect(allocatedBytes([writeSnapshot(drawHeap(), { meta, header: absurd })])).toBeLessThan(
    20 * megabyte,
  );
});

test.each([
  ["a string", '{"strings":["', "a"],
  ["brackets", '{"deep":', "["],
  ["a stack of allocations", '{"trace_tree":[', "["],
  ["a number", '{"deep":', "1"],
  ["blanks", "{", " "],
])("%s without end takes no more than a few times its bytes", (_, start, filling) => {
  const chunk = new Uint8Array(megabyte).fill(filling.charCodeAt(0));
  const chunks = [utf8(start), ...Array<Uint8Array>(24).fill(chunk)];
  expect(allocatedBytes(chunks)).toBeLessThan(4 * 24 * megabyte);
});

test("a file whose size is known makes no room for more than its size", () => {
  const bytes = writeSnapshot(wideHeap(1000), { header: absurd });
  const fileBytes = 50 * bytes.length;
  expect(allocatedBytes([bytes], { fileBytes })).toBeLessThan(2 * fileBytes + megabyte);
});

test("columns that a known size has room for are made once", () => {
  const bytes = writeSnapshot(wideHeap(150_000));
  const { nodes, edges } = parseInPieces(bytes);
  const needed = nodes.count * (1 + 4 + 4 + 4 + 4 + 1) + edges.count * (1 + 4 + 4);
  const before = process.memoryUsage().arrayBuffers;
  const parser = createSnapshotParser({ fileBytes: bytes.length });
  parser.push(bytes);
  const allocated = process.memoryUsage().arrayBuffers - before;
  expect(allocated).toBeLessThan(needed + megabyte);
  expect(parser.finish().nodes.count).toBe(nodes.count);
});

test("what stays in memory has the size of the columns, and nothing beside", () => {
  const heap = wideHeap(100_000);
  const parser = createSnapshotParser();
  parser.push(writeSnapshot(heap));
  const { nodes, edges } = parser.finish();
  const bytesOf = (columns: object) =>
    Object.values(columns)
      .filter((column) => ArrayBuffer.isView(column))
      .reduce((bytes, column) => bytes + column.buffer.byteLength, 0);
  // Type, name, id, size, first edge (of one node more) and detachedness; type, name and target.
  expect(bytesOf(nodes)).toBe(nodes.count * (1 + 4 + 4 + 4 + 4 + 1) + 4);
  expect(bytesOf(edges)).toBe(edges.count * (1 + 4 + 4));
});

test("a key without end is refused", () => {
  const parser = createSnapshotParser();
  expect(() => parser.push(utf8(`{"${"k".repeat(1 << 16)}`))).toThrow(SnapshotFormatError);
});

test("memory that the system does not give is an error of the file, with its size", () => {
  expect(() => emptyColumn(new Uint32Array(0), 2 ** 45, 7)).toThrow(
    "The snapshot needs 140737.5 GB for one of its columns, and the system does not give it (byte 7).",
  );
});
