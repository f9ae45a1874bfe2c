import { formatCountOf } from "../../base/count.ts";
import { printable } from "../../base/printable.ts";
import type { Finding } from "../../protocol/finding.ts";
import type { Report } from "../../protocol/report.ts";
import { formatAge } from "./age.ts";
import type { CurrentFinding } from "./currentReading.ts";
import { fullPlace, functionName } from "./tree/place.ts";

/** One finding as Markdown, for an issue or a chat: names and places, no contents of the heap. */
export function findingMarkdown(current: CurrentFinding, report: Report, nowMs: number): string {
  const { finding } = current;
  const age = formatAge(current, nowMs);
  const blocks: string[] = [
    `### ${finding.kind}${age === "" ? "" : ` since ${age}`}: ${finding.title}`,
    facts(finding, report),
    section("Stack, innermost first", stackLines(finding)),
    section(
      waitingHeading(finding),
      (finding.blocks?.byRegistry ?? []).map(
        ({ callback, registrations }) =>
          `${registrations} ${callback ? fullPlace(callback) : "a registry whose callback's place is not known"}`,
      ),
    ),
    section(
      "What keeps the target alive",
      finding.path.map(({ from, edge, to, position }) =>
        `${from} .${edge} → ${to}${position ? ` (${fullPlace(position)})` : ""}`.trim(),
      ),
    ),
    ...(finding.reason === null ? [] : [`How this is known: ${finding.reason}`]),
    `What to do: ${finding.advice}`,
  ];
  return `${printableLines(blocks.filter((block) => block !== "").join("\n\n"))}\n`;
}

function facts(finding: Finding, { target, tool, capture }: Report): string {
  const rows = [
    finding.callback ? `- callback: \`${fullPlace(finding.callback)}\`` : "",
    ...finding.registeredAt.map(
      ({ position, certainty }) =>
        `- registered at: \`${fullPlace(position)}\`${certainty === "candidate" ? " (candidate)" : ""}`,
    ),
    finding.count === null ? "" : `- count: ${finding.count}`,
    `- confidence: ${finding.confidence}`,
    `- target: ${target.label}${target.nodeVersion ? `, Node ${target.nodeVersion}` : ""}`,
    `- read: ${capture.takenAt} by ${tool.name} ${tool.version}`,
  ];
  return rows.filter((row) => row !== "").join("\n");
}

const stackLines = ({ stack }: Finding): readonly string[] =>
  stack.map(({ position, function: name, internal, async }) => {
    const place = position ? ` (${position.file}:${position.line}:${position.column})` : "";
    return `at ${async ? "await " : ""}${functionName(position, name)}${place}${internal ? " [internal]" : ""}`;
  });

const waitingHeading = ({ blocks }: Finding): string =>
  `Waiting behind it: ${formatCountOf(blocks?.registrations ?? 0, "registration")}`;

const section = (heading: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `${heading}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\``;

/** Names in a heap are chosen by others: none of them may break out of a line. */
const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");
