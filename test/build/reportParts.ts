import { draftFinding } from "../../extension/findings/draft.ts";
import type { Finding } from "../../extension/protocol/finding.ts";
import type {
  RegistryDescription,
  Report,
  ThreadDescription,
} from "../../extension/protocol/report.ts";
import type { SourcePosition } from "../../extension/protocol/sourcePosition.ts";

/** What tests of the views make reports of. */

export const workingFolder = "/home/ada/shop";

/** `place("src/rows.ts:12:3", "freeRow")`: inside the working folder unless the path is absolute. */
export function place(text: string, name: string | null = null): SourcePosition {
  const [, file = "", line, column] = /^(.*):(\d+):(\d+)$/.exec(text) ?? [];
  const outside = file.startsWith("/") || file.includes("://") || file.startsWith("node:");
  return {
    file: outside ? file : `${workingFolder}/${file}`,
    line: Number(line),
    column: Number(column),
    function: name,
  };
}

export function report(known: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: "leakline", version: "0.1.0" },
    target: {
      kind: "process",
      label: "4242",
      pid: 4242,
      address: "127.0.0.1:9229",
      file: null,
      command: "node dist/server.cjs",
      nodeVersion: "24.21.0",
      inspectorOpenedByLeakline: true,
    },
    capture: {
      level: "capture",
      reading: 2,
      takenAt: "2026-01-02T03:04:05.678Z",
      stackAnsweredBy: "interrupt evaluation",
      snapshotAnsweredBy: "pause and stream",
      pauseMs: 1240,
      snapshotBytes: 34_200_000,
      heapBytes: 21_000_000,
      estimatedPauseMs: 900,
      estimatedMemoryBytes: 210_000_000,
    },
    threads: [thread()],
    registries: [],
    findings: [],
    problems: [],
    ...known,
  };
}

/** The same process before its snapshot: stacks and counters only. */
export function look(known: Partial<Report> = {}): Report {
  const { capture, ...rest } = report(known);
  return {
    ...rest,
    capture: {
      ...capture,
      level: "look",
      reading: 1,
      snapshotAnsweredBy: null,
      pauseMs: null,
      snapshotBytes: null,
      ...known.capture,
    },
  };
}

export const thread = (known: Partial<ThreadDescription> = {}): ThreadDescription => ({
  threadId: 0,
  name: "main",
  state: "idle",
  detail: null,
  sinceMs: null,
  stack: [],
  ...known,
});

export const registry = (known: Partial<RegistryDescription> = {}): RegistryDescription => ({
  threadId: 0,
  name: known.callback?.function ?? null,
  callback: null,
  createdAt: null,
  internal: false,
  live: 0,
  queued: 0,
  ...known,
});

export function finding(known: Partial<Finding> & Pick<Finding, "kind">): Finding {
  return draftFinding({
    id: known.kind,
    severity: "warning",
    confidence: "certain",
    title: "Something",
    threadId: 0,
    advice: "Do something about it.",
    ...known,
  });
}
