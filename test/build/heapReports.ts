import type { ClassRow, ObjectRow } from "../../extension/protocol/heapRows.ts";
import type {
  HoldingPath,
  RetainerRow,
  RetainersReport,
} from "../../extension/protocol/retainersReport.ts";
import type { SummaryReport } from "../../extension/protocol/summaryReport.ts";
import { place, report } from "./reportParts.ts";

/** What tests of the views make reports of heaps of. */

export const classRow = (known: Partial<ClassRow> = {}): ClassRow => ({
  name: "Row",
  position: null,
  count: 1,
  distance: 3,
  shallowBytes: 56,
  retainedBytes: 1024,
  ...known,
});

export const objectRow = (known: Partial<ObjectRow> = {}): ObjectRow => ({
  objectId: 4711,
  name: "Row",
  className: "Row",
  position: null,
  distance: 3,
  shallowBytes: 56,
  retainedBytes: 1024,
  ...known,
});

export const holdingPath = (known: Partial<HoldingPath> = {}): HoldingPath => ({
  count: 1,
  retainedBytes: 1024,
  objectId: 4711,
  steps: [
    { from: "globalThis", edge: "cache", to: "Cache", objectId: 99, position: null },
    { from: "Cache", edge: "rows", to: "Array", objectId: 101, position: null },
    { from: "Array", edge: "[3]", to: "Row", objectId: 4711, position: null },
  ],
  ...known,
});

export const retainerRow = (known: Partial<RetainerRow> = {}): RetainerRow => ({
  depth: 1,
  edge: "[3]",
  holder: "Array",
  objectId: 101,
  position: null,
  holders: 1,
  held: 1,
  distance: 2,
  retainedBytes: 2048,
  isRepeated: false,
  hiddenHolders: 0,
  ...known,
});

const { tool, capture, ...processReport } = report();

const ofFile: Pick<SummaryReport, "tool" | "target" | "capture" | "problems"> = {
  tool,
  target: {
    ...processReport.target,
    kind: "file",
    label: "app.heapsnapshot",
    file: "app.heapsnapshot",
    pid: null,
    address: null,
    command: null,
    nodeVersion: null,
    inspectorOpenedByLeakline: false,
  },
  capture: {
    ...capture,
    level: "file",
    reading: 1,
    stackAnsweredBy: null,
    snapshotAnsweredBy: "file",
    pauseMs: null,
    estimatedPauseMs: null,
    estimatedMemoryBytes: null,
  },
  problems: [],
};

export const summaryReport = (known: Partial<SummaryReport> = {}): SummaryReport => ({
  schemaVersion: 1,
  ...ofFile,
  heap: {
    bytes: 21_000_000,
    nodes: 150_000,
    edges: 600_000,
    strings: 40_000,
    kinds: [
      { kind: "objects", bytes: 12_000_000 },
      { kind: "strings", bytes: 9_000_000 },
      { kind: "typed arrays", bytes: 0 },
    ],
  },
  registries: { registries: 2, internal: 3, live: 750, queued: 12 },
  classes: {
    total: 162,
    from: 0,
    rows: [
      classRow({
        name: "Row",
        position: place("src/rows.ts:3:7", "Row"),
        count: 12_345,
        shallowBytes: 691_320,
        retainedBytes: 11_000_000,
      }),
      classRow({
        name: "(string)",
        count: 40_000,
        shallowBytes: 9_000_000,
        retainedBytes: 9_000_000,
      }),
      classRow({ name: "(compiled code)", distance: null }),
    ],
  },
  objects: [
    objectRow({ objectId: 99, name: "Cache", className: "Cache", retainedBytes: 10_900_000 }),
    objectRow({
      name: "function load()",
      className: "Function",
      position: place("src/load.ts:1:1"),
    }),
  ],
  ...known,
});

/** Of one object, held in two ways. */
export const retainersReport = (known: Partial<RetainersReport> = {}): RetainersReport => ({
  schemaVersion: 1,
  ...ofFile,
  object: objectRow({ position: place("src/rows.ts:3:7", "Row") }),
  classes: [],
  paths: {
    total: null,
    from: 0,
    hasMore: false,
    rows: [
      holdingPath(),
      holdingPath({
        steps: [
          {
            from: "globalThis",
            edge: "onRow",
            to: "function onRow()",
            objectId: 201,
            position: place("src/listen.ts:8:3", "onRow"),
          },
          { from: "function onRow()", edge: "row", to: "Row", objectId: 4711, position: null },
        ],
      }),
    ],
    untold: 0,
    unheld: 0,
  },
  retainers: {
    total: 3,
    from: 0,
    weak: 1,
    rows: [
      retainerRow({ hiddenHolders: 2 }),
      retainerRow({ depth: 2, edge: "rows", holder: "Cache", objectId: 99, distance: 1 }),
      retainerRow({
        edge: "row",
        holder: "scope",
        objectId: 300,
        distance: 4,
        position: place("src/listen.ts:8:3"),
      }),
      retainerRow({ depth: 2, edge: "self", objectId: 4711, holder: "Row", isRepeated: true }),
    ],
  },
  dominators: {
    total: 12,
    rows: [
      objectRow({ objectId: 101, name: "Array", className: "Array", retainedBytes: 2048 }),
      objectRow({ objectId: 99, name: "Cache", className: "Cache", retainedBytes: 4096 }),
    ],
  },
  ...known,
});

/** Of a class, whose objects are held in two ways. */
export const classRetainersReport = (known: Partial<RetainersReport> = {}): RetainersReport =>
  retainersReport({
    object: null,
    classes: [
      classRow({
        position: place("src/rows.ts:3:7", "Row"),
        count: 1200,
        shallowBytes: 67_200,
        retainedBytes: 1_228_800,
      }),
    ],
    paths: {
      total: 3,
      from: 0,
      hasMore: true,
      rows: [
        holdingPath({ count: 1100, retainedBytes: 1_126_400 }),
        holdingPath({ objectId: 5000, steps: holdingPath().steps.slice(0, 1) }),
      ],
      untold: 92,
      unheld: 7,
    },
    retainers: {
      total: 1,
      from: 0,
      weak: 0,
      rows: [
        retainerRow({
          edge: "[…]",
          objectId: null,
          holders: 20,
          held: 1100,
          retainedBytes: 1_300_000,
        }),
        retainerRow({
          depth: 2,
          edge: "rows",
          holder: "Cache",
          objectId: 99,
          held: 20,
          distance: 1,
        }),
      ],
    },
    dominators: { total: 0, rows: [] },
    ...known,
  });
