import type { AsyncGroupDescription, AsyncReport } from "../../extension/protocol/asyncReport.ts";
import { place, report } from "./reportParts.ts";

/** What tests of the views make reports of suspended functions of. */

type Frame = AsyncGroupDescription["frames"][number];

export const asyncFrame = (known: Partial<Frame> = {}): Frame => ({
  kind: "await",
  function: "handler",
  position: place("src/app.ts:4:1", "handler"),
  awaits: [],
  internal: false,
  waiting: 1,
  repeated: 1,
  variables: [],
  ...known,
});

export const asyncGroup = (known: Partial<AsyncGroupDescription> = {}): AsyncGroupDescription => ({
  id: "suspended-1",
  threadId: 0,
  count: 1,
  functions: 1,
  retainedBytes: 1000,
  frames: [asyncFrame()],
  waitsFor: { kind: "queue", label: "Pool._pendingQueue[…]", path: [] },
  promises: 1,
  settledBy: "program",
  isCycle: false,
  hasMore: false,
  internal: false,
  ...known,
});

export function asyncReport(known: Partial<AsyncReport> = {}): AsyncReport {
  const { tool, target, capture } = report();
  return {
    schemaVersion: 1,
    tool,
    target,
    capture,
    suspendedFunctions: 1,
    retainedBytes: 1000,
    groups: [asyncGroup()],
    stacks: [],
    findings: [],
    problems: [],
    ...known,
  };
}
