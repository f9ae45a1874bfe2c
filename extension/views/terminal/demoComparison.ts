import { formatCount, formatCountOf } from "../../base/count.ts";
import type { DemoAnnouncement, DemoScenario } from "../../protocol/demoScenarios.ts";
import type { Finding } from "../../protocol/finding.ts";
import type { Report } from "../../protocol/report.ts";

/** What the demo knows of itself beside what Leakline found. */
export interface DemoComparison {
  readonly agrees: boolean;
  /** One paragraph for the user. */
  readonly text: string;
}

/** The demo counts its own registrations: an answer that differs from it is wrong. */
export function compareWithDemo(
  scenario: DemoScenario,
  announcement: DemoAnnouncement,
  { findings }: Report,
): DemoComparison {
  const expected = scenario.expectedCount(announcement);
  const found = findings.filter(({ kind, callback }) => {
    return kind === scenario.expectedKind && !callback?.file.startsWith("node:");
  });
  const counts = countsByCallback(found);
  const nearest = counts.includes(expected) ? expected : Math.max(0, ...counts);
  // What the expected finding blocks belongs to it; any other alarm would be a false one.
  const falseAlarms = findings.filter(
    ({ kind, severity, blockedBy }) =>
      severity !== "info" && kind !== scenario.expectedKind && blockedBy === null,
  );
  const objections = [
    ...(found.length === 0 ? [`Leakline did not find ${scenario.expectedKind}`] : []),
    ...(found.length > 0 && nearest !== expected
      ? [`the counts differ by ${formatCount(Math.abs(nearest - expected))}`]
      : []),
    ...falseAlarms.map(({ kind, title }) => `Leakline also found ${kind}: ${title}`),
  ];
  const { registered, freed, live } = announcement;
  const says = `The demo says: ${scenario.expectedKind}, ${formatCountOf(expected, "registration")} (it made ${formatCount(registered)}, ${formatCount(freed)} were freed, ${formatCount(live)} are in use).`;
  const answer =
    found.length === 0 ? "nothing of the kind" : formatCountOf(nearest, "registration");
  const conclusion =
    objections.length === 0 ? "They agree." : `They disagree: ${objections.join("; ")}.`;
  return {
    agrees: objections.length === 0,
    text: `${says} Leakline found ${answer}. ${conclusion}`,
  };
}

/** Findings with one callback and several causes are the same registry's. */
function countsByCallback(findings: readonly Finding[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const { callback } = finding;
    const key = callback ? `${callback.file}:${callback.line}:${callback.column}` : "";
    counts.set(key, (counts.get(key) ?? 0) + countOf(finding));
  }
  return [...counts.values()];
}

/** A running callback is one registration: what the demo counts is what waits behind it. */
const countOf = ({ kind, count, blocks }: Finding): number =>
  (kind === "running" ? blocks?.registrations : count) ?? 0;
