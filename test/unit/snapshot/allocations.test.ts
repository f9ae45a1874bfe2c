import { expect, test } from "vitest";
import { allocationStackOf } from "../../../extension/snapshot/allocationStack.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { parseInPieces } from "../../build/readColumns.ts";
import {
  type DrawnTracking,
  newerLayout,
  olderLayout,
  type WriteOptions,
  writeSnapshot,
} from "../../build/snapshotWriter.ts";

const trackedLayout = {
  ...newerLayout,
  nodeFields: [...newerLayout.nodeFields, "trace_node_id"],
};

/** (root) → main → make, and main → a function of V8's own; the array was made in `make`. */
const tracking: DrawnTracking = {
  functions: [
    { objectId: 0, name: "(root)", scriptName: "", scriptId: 0, line: 0, column: 0 },
    { objectId: 71, name: "", scriptName: "/app/main.js", scriptId: 9, line: 1, column: 1 },
    { objectId: 73, name: "make", scriptName: "/app/main.js", scriptId: 9, line: 3, column: 14 },
    { objectId: 75, name: "map", scriptName: "", scriptId: 0, line: 0, column: 0 },
  ],
  traces: [
    {
      ...{ id: 1, functionRow: 0, count: 0, size: 0 },
      children: [
        {
          ...{ id: 2, functionRow: 1, count: 4, size: 64 },
          children: [
            { id: 5, functionRow: 3, count: 1, size: 16, children: [] },
            { id: 3, functionRow: 2, count: 300, size: 2 ** 33, children: [] },
          ],
        },
      ],
    },
  ],
  samples: [
    { timestampUs: 0, lastObjectId: 41 },
    { timestampUs: 51_200, lastObjectId: 97 },
  ],
  traceOfNode: [0, 0, 3, 5],
};

function readTracked(options: WriteOptions = {}) {
  const heap = drawHeap();
  heap.hold("made", heap.node("array", "made"));
  heap.hold("mapped", heap.node("array", "mapped"));
  const bytes = writeSnapshot(heap, { layout: trackedLayout, tracking, ...options });
  return parseInPieces(bytes, [], { allocations: true, samples: true });
}

test("the stack of an allocation has the functions' names and where they begin, innermost first", () => {
  const columns = readTracked();
  const main = { functionName: "", scriptName: "/app/main.js", scriptId: 9 };
  expect(allocationStackOf(columns, 2)).toEqual([
    { ...main, functionName: "make", position: { line: 2, column: 13 } },
    { ...main, position: { line: 0, column: 0 } },
  ]);
  expect(allocationStackOf(columns, 3)).toEqual([
    { functionName: "map", scriptName: "", scriptId: 0, position: null },
    { ...main, position: { line: 0, column: 0 } },
  ]);
});

test("what was allocated untracked has no stack, nor has anything that was not asked for", () => {
  expect(allocationStackOf(readTracked(), 0)).toEqual([]);
  expect(allocationStackOf(readTracked({ layout: newerLayout }), 2)).toEqual([]);
  const bytes = writeSnapshot(drawHeap(), { layout: trackedLayout, tracking });
  expect(allocationStackOf(parseInPieces(bytes), 2)).toEqual([]);
});

test("a stack knows how much was allocated on it, also beyond 4 GiB", () => {
  const traces = readTracked().allocations?.traces;
  expect([...(traces?.id ?? [])]).toEqual([1, 2, 5, 3]);
  expect([...(traces?.parent ?? [])]).toEqual([-1, 0, 1, 1]);
  expect([...(traces?.allocationCount ?? [])]).toEqual([0, 4, 1, 300]);
  expect([...(traces?.allocatedBytes ?? [])]).toEqual([0, 64, 16, 2 ** 33]);
});

test("samples say which object was the last one at which time", () => {
  const samples = readTracked().samples;
  expect([...(samples?.timestampUs ?? [])]).toEqual([0, 51_200]);
  expect([...(samples?.lastObjectId ?? [])]).toEqual([41, 97]);
});

test("fields of the tracking sections are found by their names in meta", () => {
  const meta = {
    trace_function_info_fields: [
      ...["column", "script_id", "colour", "name"],
      ...["line", "script_name", "function_id"],
    ],
    trace_node_fields: ["children", "size", "id", "age", "function_info_index", "count"],
    sample_fields: ["last_assigned_id", "timestamp_us"],
  };
  const columns = readTracked({
    meta,
    tracking: { ...tracking, traceOfNode: [0, 0, 3] },
    layout: olderLayout,
    spoil: (section, text) => {
      switch (section) {
        case "trace_function_infos":
          return "[0,0,7,1,0,0,0,14,9,7,2,3,1,73]";
        case "trace_tree":
          return "[[[],64,3,9,1,300],0,1,9,0,0]";
        case "samples":
          return "[41,0]";
        default:
          return text;
      }
    },
  });
  const [frame, ...others] = allocationStackOf(columns, 2);
  expect(others).toEqual([]);
  expect(frame).toMatchObject({ scriptId: 9, position: { line: 2, column: 13 } });
  expect(columns.allocations?.traces).toMatchObject({ count: 2 });
  expect([...(columns.samples?.lastObjectId ?? [])]).toEqual([41]);
});

test("a header that does not explain the tracking sections leaves them out", () => {
  const columns = readTracked({
    meta: { trace_node_fields: undefined, sample_fields: ["timestamp_us"] },
    spoil: (section, text) => (section === "samples" ? '{"not":"numbers"}' : text),
  });
  expect([columns.allocations, columns.samples]).toEqual([null, null]);
});

test("a tree of stacks may be a hundred thousand deep, read or skipped", () => {
  const depth = 100_000;
  const deep = `${"[1,0,0,0,".repeat(depth)}[]${"]".repeat(depth)}`;
  let id = 0;
  const numbered = deep.replaceAll("[1,", () => `[${++id},`);
  const bytes = writeSnapshot(drawHeap(), {
    ...{ layout: trackedLayout, tracking: { ...tracking, traceOfNode: [depth] } },
    spoil: (section, text) => (section === "trace_tree" ? numbered : text),
  });
  const read = parseInPieces(bytes, [], { allocations: true });
  expect(allocationStackOf(read, 0)).toHaveLength(depth - 1);
  expect(parseInPieces(bytes).nodes.count).toBe(2);
});
