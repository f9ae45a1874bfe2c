import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  RetainersReport,
  RetainersRequest,
} from "../../../extension/protocol/retainersReport.ts";
import type { SummaryRequest } from "../../../extension/protocol/summaryReport.ts";
import { createTestAnalysis, phasesOf, type TestAnalysis } from "../../build/analysis.ts";
import { drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { writeSnapshot } from "../../build/snapshotWriter.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "leakline-questions-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

async function open(heap: HeapDrawing) {
  const file = join(folder, `${++files}.heapsnapshot`);
  writeFileSync(file, writeSnapshot(heap));
  const analysis = createTestAnalysis();
  const { id } = await analysis.open(file, { mustBeFile: true });
  return { analysis, id, file };
}

const timesRead = ({ events }: TestAnalysis) =>
  phasesOf(events).filter((phase) => phase === "Completing the snapshot").length;

const summaryRequest: SummaryRequest = {
  sort: "retained",
  filter: "",
  from: 0,
  count: 100,
  objects: 9,
};
const request: RetainersRequest = { depth: 2, from: 0, count: 9, pathsFrom: 0, pathCount: 3 };

/** A cache of rows, a list of sessions that hold some of them, one that is only weakly known. */
function drawCache() {
  const heap = drawHeap();
  const object = (name: string, selfSizeBytes: number) =>
    heap.node("object", name, { selfSizeBytes });
  const cache = object("Cache", 100);
  heap.hold("cache", cache);
  const list = object("Array", 10);
  heap.edge(cache, "property", "rows", list);
  const rows = Array.from({ length: 5 }, () => object("Row", 1000));
  for (const [at, row] of rows.entries()) heap.edge(list, "element", at, row);
  const session = object("Session", 50);
  heap.hold("session", session);
  for (const row of rows.slice(0, 2)) heap.edge(session, "property", "current", row);
  const lost = object("Row", 1000);
  heap.edge(cache, "weak", "1", lost);
  const text = heap.node("string", "a password", { selfSizeBytes: 7 });
  heap.edge(session, "property", "secret", text);
  return { heap, cache, list, rows, session, lost, text };
}

test("a summary has totals, classes by retained size, and the objects that retain most", async () => {
  const { heap, cache, rows } = drawCache();
  const { analysis, id } = await open(heap);
  const {
    heap: totals,
    classes,
    objects,
    registries,
    target,
  } = await analysis.api.summary(id, summaryRequest);
  expect(totals).toMatchObject({ bytes: 6183, nodes: heap.nodes.length });
  expect(totals.kinds.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(6183);
  expect(
    classes.rows.map(({ name, count, shallowBytes, retainedBytes, distance }) => ({
      name,
      count,
      shallowBytes,
      retainedBytes,
      distance,
    })),
  ).toEqual(
    [
      { name: "global", count: 1, shallowBytes: 16, retainedBytes: 5183, distance: 1 },
      { name: "Row", count: 6, shallowBytes: 6000, retainedBytes: 6000, distance: null },
      { name: "Cache", count: 1, shallowBytes: 100, retainedBytes: 3110, distance: 2 },
      { name: "Array", count: 1, shallowBytes: 10, retainedBytes: 3010, distance: 3 },
      { name: "Session", count: 1, shallowBytes: 50, retainedBytes: 57, distance: 2 },
      { name: "(string)", count: 1, shallowBytes: 7, retainedBytes: 7, distance: 3 },
    ].sort((a, b) => b.retainedBytes - a.retainedBytes),
  );
  expect(objects[0]).toMatchObject({
    objectId: cache.objectId,
    name: "Cache",
    retainedBytes: 3110,
  });
  expect(objects.map(({ className }) => className)).not.toContain("global");
  expect(objects.filter(({ name }) => name === "Row")).toHaveLength(rows.length + 1);
  expect(registries).toEqual({ registries: 0, internal: 0, live: 0, queued: 0 });
  expect(target).toMatchObject({ kind: "file" });
});

test("classes are sorted, filtered and paged", async () => {
  const { heap } = drawCache();
  const { analysis, id } = await open(heap);
  const ask = async (known: Partial<SummaryRequest>) => {
    const { classes } = await analysis.api.summary(id, { ...summaryRequest, ...known });
    return { total: classes.total, names: classes.rows.map(({ name }) => name) };
  };
  expect((await ask({ sort: "count" })).names[0]).toBe("Row");
  expect((await ask({ sort: "shallow" })).names.slice(0, 2)).toEqual(["Row", "Cache"]);
  expect(await ask({ filter: "SESS" })).toEqual({ total: 1, names: ["Session"] });
  expect(await ask({ filter: "Zebra" })).toEqual({ total: 0, names: [] });
  const all = (await ask({})).names;
  const pages = [
    await ask({ count: 2 }),
    await ask({ from: 2, count: 2 }),
    await ask({ from: 4, count: 9 }),
  ];
  expect(pages.flatMap(({ names }) => names)).toEqual(all);
  expect(pages.map(({ total }) => total)).toEqual([6, 6, 6]);
});

/** `depth edge holder @id`, with what else there is to say. */
const drawn = ({ retainers }: RetainersReport) =>
  retainers.rows.map((row) =>
    [
      "  ".repeat(row.depth - 1) + row.edge,
      "in",
      row.holders > 1 ? `${row.holders} × ${row.holder}` : row.holder,
      ...(row.held > 1 ? [`(${row.held})`] : []),
      ...(row.isRepeated ? ["again"] : []),
      ...(row.hiddenHolders > 0 ? [`+${row.hiddenHolders}`] : []),
    ].join(" "),
  );

const waysIn = ({ paths }: Pick<RetainersReport, "paths">) =>
  paths.rows.map(
    ({ count, steps }) => `${count}: ${steps.map(({ from, edge }) => `${from}.${edge}`).join(" ")}`,
  );

test("an object's paths come through different holders, its retainers are a tree, its dominators a chain", async () => {
  const { heap, cache, list, rows, session } = drawCache();
  const { analysis, id } = await open(heap);
  const row = rows[0]?.objectId ?? 0;
  const shared = await analysis.api.retainers(id, row, request);
  expect(shared.object).toMatchObject({
    objectId: row,
    name: "Row",
    distance: 3,
    retainedBytes: 1000,
  });
  expect(waysIn(shared)).toEqual([
    "1: globalThis.session Session.current",
    "1: globalThis.cache Cache.rows Array.[0]",
  ]);
  expect(shared.paths.rows[1]?.steps.map(({ objectId }) => objectId)).toEqual([
    cache.objectId,
    list.objectId,
    row,
  ]);
  expect(drawn(shared)).toEqual([
    "current in Session",
    "  session in globalThis",
    "[0] in Array",
    "  rows in Cache",
  ]);
  expect(shared.dominators.rows.map(({ name }) => name)).toEqual(["globalThis"]);
  const own = await analysis.api.retainers(id, rows[4]?.objectId ?? 0, request);
  expect(own.dominators.rows.map(({ name }) => name)).toEqual(["Array", "Cache", "globalThis"]);
  expect(own.dominators.total).toBe(3);
  const held = await analysis.api.retainers(id, session.objectId, request);
  expect(held.dominators.rows.map(({ objectId }) => objectId)).toEqual([heap.globals.objectId]);
});

test("paths and retainers are paged", async () => {
  const { heap, rows } = drawCache();
  const { analysis, id } = await open(heap);
  const row = rows[0]?.objectId ?? 0;
  const ask = (known: Partial<RetainersRequest>) =>
    analysis.api.retainers(id, row, { ...request, ...known });
  const first = await ask({ count: 1, pathCount: 1 });
  expect(first.paths).toMatchObject({ from: 0, hasMore: true, total: null });
  expect(first.retainers).toMatchObject({ total: 2, from: 0 });
  expect(drawn(first)).toEqual(["current in Session", "  session in globalThis"]);
  const second = await ask({ from: 1, count: 1, pathsFrom: 1, pathCount: 1 });
  expect(waysIn(second)).toEqual(["1: globalThis.cache Cache.rows Array.[0]"]);
  expect(second.paths.hasMore).toBe(false);
  expect(drawn(second)).toEqual(["[0] in Array", "  rows in Cache"]);
  expect(drawn(await ask({ depth: 0 }))).toEqual([]);
  expect(drawn(await ask({ depth: 1 }))).toEqual(["current in Session", "[0] in Array"]);
});

test("what only a weak reference leads to is kept by nothing", async () => {
  const { heap, lost } = drawCache();
  const { analysis, id } = await open(heap);
  const { paths, retainers, object } = await analysis.api.retainers(id, lost.objectId, request);
  expect(paths).toMatchObject({ unheld: 1, rows: [], hasMore: false });
  expect(retainers).toMatchObject({ total: 0, weak: 1, rows: [] });
  expect(object?.distance).toBeNull();
});

test("a holder that is held by what it holds is not followed again", async () => {
  const heap = drawHeap();
  const [parent, child] = [heap.object("Parent"), heap.object("Child")];
  heap.edge(parent, "property", "child", child);
  heap.edge(child, "property", "parent", parent);
  heap.hold("parent", parent);
  const { analysis, id } = await open(heap);
  const deep = { ...request, depth: 9 };
  expect(drawn(await analysis.api.retainers(id, child.objectId, deep))).toEqual([
    "child in Parent",
    "  parent in globalThis",
    "  parent in Child again",
  ]);
});

test("the paths of a class are merged, those first whose objects retain most", async () => {
  const { heap } = drawCache();
  const { analysis, id } = await open(heap);
  const report = await analysis.api.classRetainers(id, "Row", request);
  expect(report.classes).toMatchObject([{ name: "Row", count: 6 }]);
  expect(waysIn(report)).toEqual([
    "3: globalThis.cache Cache.rows Array.[2]",
    "2: globalThis.session Session.current",
  ]);
  expect(report.paths).toMatchObject({ total: 2, unheld: 1, hasMore: false });
  expect(report.paths.rows.map(({ retainedBytes }) => retainedBytes)).toEqual([3000, 2000]);
  expect(drawn(report)).toEqual([
    "[…] in Array (5)",
    "  rows in Cache",
    "current in Session (2)",
    "  session in globalThis",
  ]);
  expect(report.retainers.weak).toBe(1);
});

test("a linked list of one class is two ways, and its own link stands once in the tree", async () => {
  const heap = drawHeap();
  let last = heap.object("Item");
  heap.hold("first", last);
  for (let at = 0; at < 1000; at++) {
    const next = heap.object("Item");
    heap.edge(last, "property", "next", next);
    last = next;
  }
  const { analysis, id } = await open(heap);
  const report = await analysis.api.classRetainers(id, "Item", { ...request, depth: 9 });
  expect(waysIn(report)).toEqual(["1: globalThis.first", "1000: globalThis.first Item.next"]);
  expect(drawn(report)).toEqual([
    "next in 1000 × Item (1000)",
    "  next in 999 × Item (999) again",
    "  first in globalThis",
    "first in globalThis",
  ]);
});

test("of very many ways those that retain most are told, and how many objects the others hold", async () => {
  const heap = drawHeap();
  for (let at = 0; at < 1200; at++) {
    heap.hold(`row${at}`, heap.node("object", "Row", { selfSizeBytes: 16 + at }));
  }
  const { analysis, id } = await open(heap);
  const { paths } = await analysis.api.classRetainers(id, "Row", { ...request, pathCount: 2 });
  expect(waysIn({ paths })).toEqual(["1: globalThis.row1199", "1: globalThis.row1198"]);
  expect(paths).toMatchObject({ total: 1000, hasMore: true, untold: 200, unheld: 0 });
});

test("several classes of one name are asked about together", async () => {
  const heap = drawHeap();
  for (const line of [1, 2, 2]) {
    heap.hold(
      `row${line}`,
      heap.node("object", "Row", { place: { scriptId: 1, line, column: 0 } }),
    );
  }
  const { analysis, id } = await open(heap);
  const { classes, paths } = await analysis.api.classRetainers(id, "Row", request);
  expect(classes.map(({ count }) => count)).toEqual([2, 1]);
  expect(paths.rows.reduce((sum, { count }) => sum + count, 0)).toBe(3);
});

test("an id or a class that isn't there is refused, with names that are near", async () => {
  const { heap } = drawCache();
  const { analysis, id } = await open(heap);
  await expect(analysis.api.retainers(id, 999_999, request)).rejects.toMatchObject({
    kind: "input",
    code: "no-such-object",
    message: expect.stringContaining("@999999"),
  });
  await expect(analysis.api.classRetainers(id, "row", request)).rejects.toMatchObject({
    code: "no-such-class",
    hint: expect.stringContaining("Did you mean Row?"),
  });
  await expect(analysis.api.classRetainers(id, "Zebra", request)).rejects.toMatchObject({
    code: "no-such-class",
    hint: expect.not.stringContaining("Did you mean"),
  });
});

test("no answer has the contents of a string", async () => {
  const { heap, text, session } = drawCache();
  const { analysis, id } = await open(heap);
  const answers = [
    await analysis.api.summary(id, summaryRequest),
    await analysis.api.retainers(id, text.objectId, request),
    await analysis.api.retainers(id, session.objectId, request),
    await analysis.api.classRetainers(id, "(string)", request),
  ];
  expect(JSON.stringify(answers)).not.toContain("password");
  expect(answers[1]).toMatchObject({ object: { name: "string", className: "(string)" } });
});

test("one reading of the file answers every question, until the file changes", async () => {
  const { heap, rows } = drawCache();
  const { analysis, id, file } = await open(heap);
  await analysis.api.capture(id);
  await analysis.api.summary(id, summaryRequest);
  await analysis.api.retainers(id, rows[0]?.objectId ?? 0, request);
  await analysis.api.suspended(id, { workers: false, ofNewestCapture: false });
  expect(timesRead(analysis)).toBe(1);
  writeFileSync(file, writeSnapshot(drawHeap()));
  utimesSync(file, 1, 1);
  const { classes } = await analysis.api.summary(id, summaryRequest);
  expect(classes.rows.map(({ name }) => name)).toEqual(["global"]);
  expect(timesRead(analysis)).toBe(2);
});

test("a question can be cancelled while the heap is read", async () => {
  const { heap } = drawCache();
  const { analysis, id } = await open(heap);
  const stop = new AbortController();
  const asked = analysis.bind(stop.signal).summary(id, summaryRequest);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  expect((await analysis.api.summary(id, summaryRequest)).classes.total).toBe(6);
});

test("a process is refused before it is touched", async () => {
  await expect(createTestAnalysis().open(process.pid, { mustBeFile: true })).rejects.toMatchObject({
    code: "needs-file",
  });
});
