import { formatCountOf } from "../../../base/count.ts";
import { formatDuration } from "../../../base/duration.ts";
import { printableData } from "../../../base/printable.ts";
import type { Finding } from "../../../protocol/finding.ts";
import { noAnswerProblemCodes } from "../../../protocol/problemCodes.ts";
import type { Report, ThreadDescription, ThreadState } from "../../../protocol/report.ts";
import { linkFindings } from "./findingLinks.ts";
import { findingLine, findingText } from "./findingText.ts";
import { howItWasTaken } from "./howItWasTaken.ts";
import { indent, wrap } from "./layout.ts";
import type { Page } from "./page.ts";
import { problemText } from "./problemText.ts";
import { registryTable } from "./registryTables.ts";
import { stackText } from "./stackText.ts";

const margin = "  ";

/** The report as a person reads it: verdicts first, then the evidence around them, then how it was taken. */
export function textReport(untrusted: Report, page: Page): string {
  const report = printableData(untrusted);
  const { findings, problems, registries, threads } = report;
  const links = linkFindings(findings);
  const inFull = findings.filter((finding) => page.all || !needsNoAction(finding));
  const inOneLine = findings.filter((finding) => !inFull.includes(finding));
  const withoutAnswer = problems.filter(({ code }) => noAnswerProblemCodes.has(code));
  const otherProblems = problems.filter((problem) => !withoutAnswer.includes(problem));

  const blocks: (readonly string[])[] = [
    ...withoutAnswer.map((problem) => problemText(problem, page)),
    ...inFull.map((finding) => findingText(finding, links, page)),
  ];
  if (blocks.length === 0) blocks.push(nothingFound(report, page));
  blocks.push(
    section(
      "For your information (--all shows these in full)",
      inOneLine.map((finding) => findingLine(finding, links, page)),
      page,
    ),
    section("Registries", registryTable(registries, page), page),
    section(
      "Threads",
      threads.flatMap((thread) => threadText(thread, page)),
      page,
    ),
    ...otherProblems.map((problem) => problemText(problem, page)),
    howItWasTaken(report, page),
  );
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** An info finding that leaves no question open. A stuck thread does, until its queue is known. */
function needsNoAction({ severity, kind, stack, blocks }: Finding): boolean {
  if (severity !== "info") return false;
  if (kind === "starved") return blocks?.registrations === 0;
  return kind !== "unknown" || stack.length === 0;
}

function section(heading: string, lines: readonly string[], page: Page): readonly string[] {
  return lines.length === 0 ? [] : [page.colors.bold(heading), ...indent(lines, margin)];
}

function nothingFound(report: Report, page: Page): readonly string[] {
  const { bold, green } = page.colors;
  const lines = wrap(`✔ ${nothingFoundText(report)}`, page.proseWidth, margin);
  return lines.map((line, index) => bold(index === 0 ? green(line) : line));
}

const cannotTell: ReadonlySet<ThreadState> = new Set<ThreadState>(["paused", "native", "unknown"]);

/** Says no more than the reading can know. */
function nothingFoundText({ capture, threads, findings }: Report): string {
  if (capture.level === "look") {
    const queue = "What waits in the queues is not known without a snapshot.";
    const busy = threads.filter(({ state }) => state !== "idle");
    return busy.length === 0
      ? `No thread is blocked. ${queue}`
      : `${busy.map(({ name, state }) => `Thread ${name} is ${state}`).join(", ")}. No cleanup callback was seen running. ${queue}`;
  }
  const mute = threads.filter(({ state }) => cannotTell.has(state));
  if (mute.length > 0) {
    const names = mute.map(({ name, state }) => `Thread ${name} is ${state}`).join(", ");
    return `${names}: whether its finalizers are blocked can't be told. No registration keeps its own target alive.`;
  }
  const undecided = findings
    .filter(({ kind, confidence }) => kind === "collectable" && confidence === "possible")
    .reduce((sum, { count }) => sum + (count ?? 0), 0);
  return undecided === 0
    ? "No finalizer is blocked, and no registration keeps its own target alive."
    : `No registration keeps its own target alive. Whether finalizers are blocked can't be told from one file: ${formatCountOf(undecided, "registration is", "registrations are")} queued or just collected.`;
}

function threadText(thread: ThreadDescription, page: Page): readonly string[] {
  const { name, state, detail, sinceMs, stack } = thread;
  const since = sinceMs === null || state === "idle" ? "" : ` ≥ ${formatDuration(sinceMs)}`;
  const line = `${name}  ${state}${since}${detail === null ? "" : `, ${detail}`}`;
  const innermost = stack.find(({ internal }) => !internal) ?? stack[0];
  const shown = page.all ? stack : innermost ? [innermost] : [];
  return [line, ...indent(stackText(shown, page), margin)];
}
