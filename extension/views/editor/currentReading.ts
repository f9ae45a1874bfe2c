import type { Finding } from "../../protocol/finding.ts";
import type { Report, ThreadDescription } from "../../protocol/report.ts";

/** A report and when it came, in milliseconds of `Date.now`. */
export interface TimedReport {
  readonly report: Report;
  readonly atMs: number;
}

/** A finding as it stands now. */
export interface CurrentFinding {
  readonly finding: Finding;
  /** When its age was read; until it is read again it goes on growing from there. */
  readonly atMs: number;
}

/** What the newest look and the newest snapshot say together. */
export interface CurrentReading {
  readonly newest: TimedReport;
  /** The reading with the queues; null when no snapshot was taken. */
  readonly heap: TimedReport | null;
  readonly findings: readonly CurrentFinding[];
  /** The queues are as they were before the blockage of that snapshot ended. */
  readonly queuesAreOutdated: boolean;
}

/** Two observations of one blockage may be so much apart in their ages: the time that asking takes. */
const askingMs = 1500;

/**
 * A look is cheap and is repeated, a snapshot knows the queues: as long as a look shows that the thread
 * is still held up by what the snapshot saw, the snapshot's findings stand and only their age grows.
 */
export function currentReading(
  look: TimedReport | null,
  heap: TimedReport | null,
): CurrentReading | null {
  const newest = heap && (!look || heap.atMs >= look.atMs) ? heap : look;
  if (!newest) return null;
  if (!heap || newest === heap) {
    return { newest, heap, findings: timed(newest), queuesAreOutdated: false };
  }
  const kept = new Map<string, CurrentFinding>();
  const replaced = new Set<string>();
  let queuesAreOutdated = false;
  for (const finding of heap.report.findings) {
    if (!isOfThread(finding)) continue;
    const thread = newest.report.threads.find(({ threadId }) => threadId === finding.threadId);
    const seen = newest.report.findings.find(
      (one) => isOfThread(one) && one.threadId === finding.threadId,
    );
    if (seen && isSameBlockage(finding, heap, seen, newest)) {
      replaced.add(seen.id);
      kept.set(finding.id, { finding: grownOlder(finding, seen), atMs: newest.atMs });
    } else if (thread && cannotTell(thread)) {
      kept.set(finding.id, { finding, atMs: heap.atMs });
    } else {
      queuesAreOutdated = true;
    }
  }
  for (const finding of heap.report.findings) {
    const current = isOfThread(finding) ? null : asOfLook(finding, heap, kept, newest.report);
    if (current) kept.set(finding.id, current);
  }
  const added = timed(newest).filter(
    ({ finding }) => !replaced.has(finding.id) && !kept.has(finding.id),
  );
  return { newest, heap, findings: [...added, ...kept.values()], queuesAreOutdated };
}

const timed = ({ report, atMs }: TimedReport): CurrentFinding[] =>
  report.findings.map((finding) => ({ finding, atMs }));

/** What is the matter with the thread itself, and not with some registrations. */
export const isOfThread = ({ kind, stack }: Finding): boolean =>
  kind === "running" || kind === "starved" || (kind === "unknown" && stack.length > 0);

/** A thread at a breakpoint or in native code does not say whether the blockage is over. */
const cannotTell = ({ state }: ThreadDescription): boolean =>
  state === "paused" || state === "native" || state === "unknown";

/** The same cause, or a thread that has been held up without a break since before the snapshot. */
function isSameBlockage(
  before: Finding,
  heap: TimedReport,
  seen: Finding,
  look: TimedReport,
): boolean {
  if (before.id === seen.id) return true;
  return seen.sinceMs !== null && seen.sinceMs + askingMs >= look.atMs - heap.atMs;
}

const grownOlder = (finding: Finding, seen: Finding): Finding => ({
  ...finding,
  sinceMs: seen.sinceMs,
  sinceIsLowerBound: seen.sinceIsLowerBound,
  stack: seen.stack,
});

/** The finding as it is after a later look, or null when that look shows that it no longer holds. */
function asOfLook(
  finding: Finding,
  heap: TimedReport,
  kept: ReadonlyMap<string, CurrentFinding>,
  look: Report,
): CurrentFinding | null {
  if (finding.kind === "queued") {
    const blocker = kept.get(finding.blockedBy ?? "");
    if (!blocker) return null;
    const { sinceMs } = blocker.finding;
    return { finding: { ...finding, sinceMs }, atMs: blocker.atMs };
  }
  // The loop has turned since: what was due has run.
  if (finding.kind === "collectable") {
    const thread = look.threads.find(({ threadId }) => threadId === finding.threadId);
    if (thread?.state === "idle" || thread?.state === "busy") return null;
  }
  return { finding, atMs: heap.atMs };
}
