import { expect, test } from "vitest";
import { allRules } from "../../../extension/findings/allRules.ts";
import { findFindings } from "../../../extension/findings/findFindings.ts";
import { at, disproved, evidence, heap, proved, registry, thread } from "../../build/evidence.ts";

const close = at("share.ts:20", "closeSession");
const stuckInCallback = thread({ state: "stuck", sinceMs: 400, cleanup: proved(close) });
const stuckElsewhere = thread({
  state: "stuck",
  sinceMs: 1500,
  cleanup: disproved,
  hog: at("job.ts:7", "crunch"),
});

test("a callback that does not return is running, and what waits behind it is queued, by registry", () => {
  const findings = findFindings(
    evidence({
      threads: [stuckInCallback],
      heaps: [
        heap(
          registry({ callback: close, queued: [11], running: true }),
          registry({ queued: [21, 22, 23] }),
          registry({ callback: at("node.js:1"), internal: true, queued: [31] }),
        ),
      ],
    }),
  );
  const [running, ...rest] = findings;
  expect(running).toMatchObject({
    kind: "running",
    severity: "error",
    callback: close,
    count: 1,
    sinceMs: 400,
    sinceIsLowerBound: true,
    blocks: { registries: 2, registrations: 4 },
  });
  expect(running?.blocks?.byRegistry.map((one) => one.registrations)).toEqual([3, 1, 1]);
  expect(rest.map((one) => [one.kind, one.severity, one.count])).toEqual([
    ["queued", "warning", 3],
    ["queued", "warning", 1],
    ["queued", "info", 1],
  ]);
  expect(new Set(rest.map((one) => one.blockedBy))).toEqual(new Set([running?.id]));
});

test("before a snapshot the queue behind a running callback is said to be unknown", () => {
  const [running] = findFindings(evidence({ threads: [stuckInCallback] }));
  expect(running).toMatchObject({ kind: "running", blocks: { registrations: null } });
});

test("callbacks that finish while we watch are one finding, named as a batch", () => {
  const findings = findFindings(
    evidence({
      threads: [stuckInCallback],
      heaps: [heap(registry({ callback: close, queued: [1, 2, 3], running: true }))],
      progress: { callbacksFinished: 50, elapsedMs: 201 },
    }),
  );
  expect(findings.map(({ kind }) => kind)).toEqual(["running"]);
  expect(findings[0]?.batch).toEqual({
    callbacksSeen: 50,
    callbacksLeft: 3,
    millisecondsEach: 4.02,
  });
});

test("a thread hogged by other code is starved, and its queue is not called running", () => {
  const findings = findFindings(
    evidence({ threads: [stuckElsewhere], heaps: [heap(registry({ queued: [1, 2] }))] }),
  );
  expect(findings.map(({ kind, severity, count }) => [kind, severity, count])).toEqual([
    ["starved", "warning", 2],
    ["queued", "info", 2],
  ]);
  expect(findings[0]?.callback).toEqual(at("job.ts:7", "crunch"));
  expect(findings[1]?.attributes).toEqual(["starved"]);
});

test("a busy thread is no more than information while no finalizer is known to wait", () => {
  const unknownQueue = findFindings(evidence({ threads: [stuckElsewhere] }));
  const emptyQueue = findFindings(
    evidence({ threads: [stuckElsewhere], heaps: [heap(registry())] }),
  );
  const shortTurn = findFindings(
    evidence({
      threads: [{ ...stuckElsewhere, sinceMs: 400 }],
      heaps: [heap(registry({ queued: [1] }))],
    }),
  );
  for (const findings of [unknownQueue, emptyQueue, shortTurn]) {
    expect(findings[0]).toMatchObject({ kind: "starved", severity: "info" });
  }
});

test("what nothing decides is unknown and says why", () => {
  const open = { ...disproved, answer: "open" as const, reason: "The script has no source." };
  const [finding] = findFindings(evidence({ threads: [{ ...stuckElsewhere, cleanup: open }] }));
  expect(finding).toMatchObject({ kind: "unknown", reason: "The script has no source." });
});

test("fresh garbage of a healthy process is collectable, and nothing is above info", () => {
  for (const source of ["process", "file"] as const) {
    const threads = source === "file" ? [] : [thread()];
    const findings = findFindings(
      evidence({ source, threads, heaps: [heap(registry({ queued: [1, 2, 3] }))] }),
    );
    expect(findings.map(({ kind, severity, count }) => [kind, severity, count])).toEqual([
      ["collectable", "info", 3],
    ]);
  }
});

test("a process at a breakpoint is neither starved nor blocked", () => {
  const paused = thread({ state: "paused", cleanup: proved(close) });
  const findings = findFindings(
    evidence({ threads: [paused], heaps: [heap(registry({ queued: [1] }))] }),
  );
  expect(findings.map(({ kind }) => kind)).toEqual(["collectable"]);
});

test("an ordinary leak and a blocked finalizer never look alike", () => {
  const path = [{ from: "Map", edge: "[value]", to: "Row", position: at("rows.ts:30") }];
  const [held] = findFindings(
    evidence({
      heaps: [
        heap(
          registry({
            live: 9,
            groups: [{ cause: "held", count: 9, retainedBytes: 900, path, through: null }],
          }),
        ),
      ],
    }),
  );
  expect(held).toMatchObject({
    kind: "held",
    severity: "info",
    count: 9,
    retainedBytes: 900,
    path,
    blockedBy: null,
  });
});

test("what Node's own registries hold is folded into one finding", () => {
  const own = (count: number) =>
    registry({
      internal: true,
      groups: [{ cause: "held", count, retainedBytes: 10, path: [], through: null }],
    });
  const findings = findFindings(evidence({ heaps: [heap(own(2), own(7), own(1))] }));
  expect(findings.map(({ kind, severity, count }) => [kind, severity, count])).toEqual([
    ["held", "info", 10],
  ]);
});

test("a self-retained registration comes before what ordinary code holds", () => {
  const path = [{ from: "held value", edge: "target", to: "Row", position: null }];
  const findings = findFindings(
    evidence({
      heaps: [
        heap(
          registry({
            live: 5,
            groups: [
              { cause: "held", count: 3, retainedBytes: 30, path: [], through: null },
              { cause: "self-retained", count: 2, retainedBytes: 20, path, through: "held value" },
            ],
          }),
        ),
      ],
    }),
  );
  expect(
    findings.map(({ kind, severity, retainedBytes }) => [kind, severity, retainedBytes]),
  ).toEqual([
    ["self-retained", "warning", 20],
    ["held", "info", 30],
  ]);
});

test("a finding keeps its id from run to run, whatever the counts and ages", () => {
  const once = findFindings(evidence({ threads: [stuckInCallback] }))[0];
  const later = findFindings(
    evidence({
      threads: [{ ...stuckInCallback, sinceMs: 90_000 }],
      heaps: [heap(registry({ queued: [1] }))],
    }),
  )[0];
  expect(later?.id).toBe(once?.id);
});

test("every rule has its own id and says what it finds", () => {
  expect(new Set(allRules.map(({ id }) => id)).size).toBe(allRules.length);
  for (const { summary } of allRules) expect(summary).not.toBe("");
});

test("what waits behind a blockage has its bytes, each finding its own and the blockage all", () => {
  const stuck = thread({ state: "stuck", cleanup: proved(close) });
  const findings = findFindings(
    evidence({
      threads: [stuck],
      heaps: [
        heap(
          registry({ queued: [1, 2], queuedBytes: 300 }),
          registry({ callback: at("files.ts:9"), queued: [3], queuedBytes: 40 }),
        ),
      ],
    }),
  );
  expect(
    findings.map(({ kind, retainedBytes, blocks }) => [kind, retainedBytes, blocks?.retainedBytes]),
  ).toEqual([
    ["running", null, 340],
    ["queued", 300, undefined],
    ["queued", 40, undefined],
  ]);
});

test("without a snapshot no bytes are told", () => {
  const stuck = thread({ state: "stuck", cleanup: proved(close) });
  const [running] = findFindings(evidence({ threads: [stuck] }));
  expect(running?.blocks?.retainedBytes).toBeNull();
});
