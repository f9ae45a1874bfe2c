import { expect, test } from "vitest";
import type { Finding } from "../../../extension/protocol/finding.ts";
import type { ThreadState } from "../../../extension/protocol/report.ts";
import {
  currentReading,
  type TimedReport,
} from "../../../extension/views/editor/currentReading.ts";
import { finding, look, place, report, thread } from "../../build/reportParts.ts";

const stack = [
  { position: place("a.ts:1:1", "wait"), function: "wait", internal: false, async: false },
];
const running = finding({
  id: "running-1",
  kind: "running",
  severity: "error",
  sinceMs: 5000,
  stack,
});
const queued = finding({ id: "queued-1", kind: "queued", blockedBy: "running-1", sinceMs: 5000 });
const leak = finding({ id: "self-retained-1", kind: "self-retained" });
const due = finding({ id: "collectable-1", kind: "collectable", severity: "info" });

const heapAt = (atMs: number, findings: readonly Finding[]): TimedReport => ({
  atMs,
  report: report({ findings: [...findings], threads: [thread({ state: "stuck" })] }),
});
const lookAt = (atMs: number, findings: readonly Finding[], state: ThreadState): TimedReport => ({
  atMs,
  report: look({ findings: [...findings], threads: [thread({ state })] }),
});
const idsOf = (reading: ReturnType<typeof currentReading>) =>
  reading?.findings.map((one) => one.finding.id);

test("without any reading there is nothing to say", () => {
  expect(currentReading(null, null)).toBeNull();
});

test("a snapshot after a look says it all", () => {
  const reading = currentReading(lookAt(1000, [running], "stuck"), heapAt(2000, [running, queued]));
  expect(idsOf(reading)).toEqual(["running-1", "queued-1"]);
  expect(reading?.queuesAreOutdated).toBe(false);
});

test("as long as a look sees the same blockage, the queue stands and both grow older", () => {
  const seen = { ...running, sinceMs: 9000 };
  const reading = currentReading(
    lookAt(6000, [seen], "stuck"),
    heapAt(2000, [running, queued, leak]),
  );
  expect(
    reading?.findings.map(({ finding: { id, sinceMs }, atMs }) => [id, sinceMs, atMs]),
  ).toEqual([
    ["running-1", 9000, 6000],
    ["queued-1", 9000, 6000],
    ["self-retained-1", null, 2000],
  ]);
});

test("a look that sees the thread free ends the blockage and its queue, and nothing else", () => {
  const reading = currentReading(
    lookAt(6000, [], "idle"),
    heapAt(2000, [running, queued, leak, due]),
  );
  expect(idsOf(reading)).toEqual(["self-retained-1"]);
  expect(reading?.queuesAreOutdated).toBe(true);
});

test.each(["paused", "native", "unknown"] as const)(
  "a thread that is %s does not say that it is over",
  (state) => {
    const reading = currentReading(lookAt(6000, [], state), heapAt(2000, [running, queued]));
    expect(idsOf(reading)).toEqual(["running-1", "queued-1"]);
  },
);

test("a look that can't tell what runs goes on with what the snapshot proved, if the thread never got free", () => {
  const undecided = finding({ id: "unknown-1", kind: "unknown", stack, sinceMs: 9000 });
  const same = currentReading(lookAt(6000, [undecided], "stuck"), heapAt(2000, [running, queued]));
  expect(idsOf(same)).toEqual(["running-1", "queued-1"]);
  const another = currentReading(
    lookAt(60_000, [{ ...undecided, sinceMs: 300 }], "stuck"),
    heapAt(2000, [running, queued]),
  );
  expect(idsOf(another)).toEqual(["unknown-1"]);
});

test("another thread's blockage is another's", () => {
  const elsewhere = { ...running, id: "running-2", threadId: 2 };
  const seen: TimedReport = {
    atMs: 6000,
    report: look({
      findings: [elsewhere],
      threads: [thread({ state: "idle" }), thread({ threadId: 2, state: "stuck" })],
    }),
  };
  expect(idsOf(currentReading(seen, heapAt(2000, [running, queued])))).toEqual(["running-2"]);
});
