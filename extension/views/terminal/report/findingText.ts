import displayWidth from "fast-string-width";
import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import { formatDuration } from "../../../base/duration.ts";
import type { Batch, Finding, FindingKind, Severity } from "../../../protocol/finding.ts";
import type { FindingLinks } from "./findingLinks.ts";
import { indent, padEnd, shortenEnd, wrap } from "./layout.ts";
import type { Page } from "./page.ts";
import { pathTrace } from "./pathTrace.ts";
import { formatNamedPlace } from "./place.ts";
import { queueTable } from "./registryTables.ts";
import { stackText } from "./stackText.ts";

const signs: Readonly<Record<Severity, string>> = { error: "✖", warning: "▲", info: "•" };

/** Findings whose own callback line is not to blame: something else blocks or holds them. */
const blamesNoLine: ReadonlySet<FindingKind> = new Set<FindingKind>([
  "queued",
  "collectable",
  "held",
  "done",
]);

/** Findings about a thread: their count is in what they block. */
const aboutThread: ReadonlySet<FindingKind> = new Set<FindingKind>(["running", "starved"]);

const margin = "  ";

/** Everything a finding says: first its verdict, age and guilty line, then the evidence, then what to do. */
export function findingText(finding: Finding, links: FindingLinks, page: Page): readonly string[] {
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : ["", margin + page.colors.bold(heading), ...indent(lines, margin.repeat(2))];
  const prose = (text: string | null) =>
    text === null ? [] : wrap(text, page.proseWidth - 2 * margin.length);
  return [
    ...headline(finding, links, page),
    ...culprit(finding, page),
    ...facts(finding, links, page),
    ...section("stack, innermost first", stackText(finding.stack, page)),
    ...section(asyncHeading(finding), stackText(finding.asyncStack, page)),
    ...section(...queueSection(finding, page)),
    ...section("what keeps the target alive", pathTrace(finding.path, page)),
    ...section("how this is known", prose(finding.reason)),
    ...section("what to do", prose(finding.advice)),
  ];
}

const asyncHeading = ({ kind }: Finding): string =>
  kind === "suspended" ? "asynchronous stack, innermost first" : "awaited by";

function headline(finding: Finding, links: FindingLinks, page: Page): readonly string[] {
  const { bold, red, yellow, cyan } = page.colors;
  const color = { error: red, warning: yellow, info: cyan }[finding.severity];
  const start = `${signs[finding.severity]} ${links.label(finding.id)}`;
  const lines = wrap(`${start}${summary(finding)}: ${finding.title}`, page.proseWidth, margin);
  return lines.map((line, index) => bold(index === 0 ? color(line) : line));
}

/** `running (likely) since ≥ 3 min 12 s`; `self-retained, 200 registrations, 12.3 MB`. */
export function summary(finding: Finding): string {
  const sure = finding.confidence === "certain" ? "" : ` (${finding.confidence})`;
  const since = formatSince(finding);
  const parts = [`${finding.kind}${sure}${since === null ? "" : ` since ${since}`}`];
  if (finding.count !== null && !aboutThread.has(finding.kind))
    parts.push(formatCountOf(finding.count, countedIn(finding.kind)));
  if (finding.retainedBytes !== null) parts.push(formatBytes(finding.retainedBytes));
  return parts.join(", ");
}

const countedIn = (kind: FindingKind): string =>
  kind === "suspended" ? "asynchronous stack" : "registration";

/** `≥ 3 min 12 s` for a lower bound; null when the age is not known. */
export function formatSince(
  finding: Pick<Finding, "sinceMs" | "sinceIsLowerBound">,
): string | null {
  if (finding.sinceMs === null) return null;
  return `${finding.sinceIsLowerBound ? "≥ " : ""}${formatDuration(finding.sinceMs)}`;
}

function culprit({ kind, callback }: Finding, page: Page): readonly string[] {
  if (!callback || blamesNoLine.has(kind)) return [];
  const place = page.colors.bold(formatNamedPlace(callback, page));
  return [`${margin}→ ${place}`];
}

/** Short facts as aligned rows: label, text. */
function facts(finding: Finding, links: FindingLinks, page: Page): readonly string[] {
  const { dim } = page.colors;
  const rows: (readonly [label: string, text: string])[] = [];
  const { callback, blockedBy, batch } = finding;
  if (callback && blamesNoLine.has(finding.kind))
    rows.push(["callback", formatNamedPlace(callback, page)]);
  if (callback?.generated) {
    const generated = formatNamedPlace({ ...callback.generated, function: null }, page);
    rows.push(["runs as", dim(generated)]);
  }
  for (const { position, count, certainty } of finding.registeredAt) {
    const times = count === null ? "" : `  ${formatCountOf(count, "registration")}`;
    const mark = certainty === "candidate" ? dim("  candidate") : "";
    rows.push(["registered at", formatNamedPlace(position, page) + times + mark]);
  }
  if (batch) rows.push(["batch", batchText(batch)]);
  if (blockedBy !== null) rows.push(["blocked by", links.name(blockedBy)]);
  const blocked = links.blockedBy(finding.id).map((id) => links.name(id));
  if (blocked.length > 0) rows.push(["blocks", blocked.join(", ")]);
  if (finding.attributes.length > 0) rows.push(["also", finding.attributes.join(", ")]);
  if (finding.threadId !== 0) rows.push(["thread", `worker ${finding.threadId}`]);
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${margin}${dim(padEnd(label, labelWidth))}  ${text}`);
}

function batchText({ callbacksSeen, callbacksLeft, millisecondsEach }: Batch): string {
  const parts = [`${formatCountOf(callbacksSeen, "callback")} ended while we watched`];
  if (millisecondsEach !== null) parts.push(`${millisecondsEach} ms each`);
  if (callbacksLeft !== null) parts.push(`${formatCount(callbacksLeft)} left`);
  return parts.join(", ");
}

function queueSection(
  { blocks }: Finding,
  page: Page,
): readonly [heading: string, lines: readonly string[]] {
  const heading = "waiting behind it";
  if (!blocks) return [heading, []];
  const { registrations, registries, retainedBytes, byRegistry } = blocks;
  if (registrations === null) return [heading, ["not known without a snapshot"]];
  if (byRegistry.length === 0) return [heading, ["nothing yet"]];
  const of =
    registries === null ? "" : ` of ${formatCountOf(registries, "registry", "registries")}`;
  const bytes = retainedBytes === null ? "" : `, ${formatBytes(retainedBytes)}`;
  return [
    `${heading}: ${formatCountOf(registrations, "registration")}${of}${bytes}`,
    queueTable(byRegistry, page),
  ];
}

/** Less than that of a title says nothing. */
const shortestTitle = 20;

/** A finding in one line, for those that need no action: what, where, and as much of why as fits. */
export function findingLine(finding: Finding, links: FindingLinks, page: Page): string {
  const { cyan, dim } = page.colors;
  const start = `${signs[finding.severity]} ${links.label(finding.id)}`;
  const place = finding.callback ? `  ${formatNamedPlace(finding.callback, page)}` : "";
  const what = summary(finding);
  const room = page.rowWidth - margin.length - displayWidth(start + what + place) - 2;
  const title = room < shortestTitle ? "" : dim(`  ${shortenEnd(finding.title, room)}`);
  return cyan(start) + what + place + title;
}
