import { constants } from "node:os";
import type { UserErrorKind } from "../../protocol/errors.ts";
import { type Finding, type FindingKind, severities } from "../../protocol/finding.ts";
import { noAnswerProblemCodes } from "../../protocol/problemCodes.ts";
import type { Report } from "../../protocol/report.ts";
import type { StopSignal } from "./host.ts";

/**
 * What the process ends with. A signal ends it with 128 + its number, as shells expect: 130 for
 * Ctrl-C. A failure of Leakline itself counts as 3: the question has no answer, and no other way of
 * asking it would help.
 */
export const exitCodes = { nothingFound: 0, found: 1, wrongUse: 2, noAnswer: 3 } as const;

/** The lowest severity that counts as found when --fail-on does not name verdicts. */
const bar = severities.indexOf("warning");

export function exitCodeOfReport(
  { findings, problems }: Pick<Report, "findings" | "problems">,
  failOn: ReadonlySet<FindingKind> | null,
): number {
  if (problems.some(({ code }) => noAnswerProblemCodes.has(code))) return exitCodes.noAnswer;
  return findings.some((finding) => counts(finding, failOn))
    ? exitCodes.found
    : exitCodes.nothingFound;
}

function counts(
  { kind, attributes, severity }: Finding,
  failOn: ReadonlySet<FindingKind> | null,
): boolean {
  if (failOn === null) return severities.indexOf(severity) >= bar;
  return [kind, ...attributes].some((each) => failOn.has(each));
}

export const exitCodeOfError = (kind: UserErrorKind): number =>
  kind === "input" ? exitCodes.wrongUse : exitCodes.noAnswer;

export const exitCodeOfSignal = (signal: StopSignal): number => 128 + constants.signals[signal];
