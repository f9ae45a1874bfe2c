import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import { printableData } from "../../../base/printable.ts";
import type { ClassRow, ObjectRow } from "../../../protocol/heapRows.ts";
import type { HoldingPath, RetainersReport } from "../../../protocol/retainersReport.ts";
import { howItWasTaken } from "./howItWasTaken.ts";
import { indent, shortenEnd, wrap } from "./layout.ts";
import type { Page } from "./page.ts";
import { pathTrace } from "./pathTrace.ts";
import { formatPlace } from "./place.ts";
import { problemText } from "./problemText.ts";
import { retainerTreeText } from "./retainerTreeText.ts";
import { classTable, objectTable } from "./summaryText.ts";

const margin = "  ";
const longestName = 80;
/** Farther ones hold so much that they say little of one object. */
const shownDominators = 8;

/** What keeps something alive, as a person reads it: the paths first, then who holds it at all. */
export function retainersText(untrusted: RetainersReport, page: Page): string {
  const report = printableData(untrusted);
  const { object, classes, problems } = report;
  const blocks: (readonly string[])[] = [
    object ? objectHeading(object, page) : classHeading(classes, page),
    ...pathsText(report, page),
    dominatorsText(report, page),
    treeText(report, page),
    ...problems.map((problem) => problemText(problem, page)),
    howItWasTaken(report, page),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** So that an object's id still stands behind it: names come from the heap and may be whole documents. */
const shortenName = (name: string, page: Page): string =>
  shortenEnd(name, Math.min(longestName, Math.max(20, page.rowWidth - 30)));

function objectHeading(object: ObjectRow, page: Page): readonly string[] {
  const { bold } = page.colors;
  const { name, className, objectId, shallowBytes, retainedBytes, distance, position } = object;
  const place = position === null ? "" : `  ${formatPlace(position, page)}`;
  const facts = [
    ...(className === name ? [] : [`class ${shortenName(className, page)}`]),
    `shallow ${formatBytes(shallowBytes)}`,
    `retained ${formatBytes(retainedBytes)}`,
    ...(distance === null ? [] : [`distance ${formatCount(distance)}`]),
  ];
  return [bold(`${shortenName(name, page)} @${objectId}`) + place, `${margin}${facts.join(", ")}`];
}

function classHeading(classes: readonly ClassRow[], page: Page): readonly string[] {
  const { bold, dim } = page.colors;
  const [first] = classes;
  if (!first) return [];
  const count = classes.reduce((sum, one) => sum + one.count, 0);
  const several =
    classes.length === 1 ? "" : ` of ${formatCount(classes.length)} classes of this name`;
  const { heading, rows } = classTable(classes, page);
  return [
    bold(`${shortenName(first.name, page)}: ${formatCountOf(count, "object")}${several}`),
    ...indent([dim(heading), ...rows], margin),
  ];
}

function pathsText(report: RetainersReport, page: Page): readonly (readonly string[])[] {
  const { object, paths } = report;
  const { bold, dim } = page.colors;
  const prose = (text: string) => indent(wrap(text, page.proseWidth - margin.length), margin);
  const blocks: (readonly string[])[] = [];
  if (paths.rows.length > 0) {
    const heading = object
      ? "What keeps it alive, the shortest way first"
      : `What keeps them alive: ${formatCountOf(paths.total ?? 0, "way")}, those first whose objects retain most`;
    const [first = [], ...others] = paths.rows.map((way) => wayText(way, object === null, page));
    blocks.push([bold(heading), ...indent(first, margin)]);
    blocks.push(...others.map((way) => indent(way, margin)));
    if (paths.hasMore) {
      const left = (paths.total ?? 0) - paths.rows.length;
      const more = object ? "There are more ways" : formatCountOf(left, "more way");
      blocks.push([dim(`${margin}${more}${object ? "." : " (--top N)"}`)]);
    }
  }
  if (paths.untold > 0) {
    blocks.push(
      prose(
        `${formatCountOf(paths.untold, "object is", "objects are")} held in further ways, too many to tell apart.`,
      ),
    );
  }
  if (paths.unheld > 0) {
    const what = object
      ? "Nothing keeps it"
      : `${formatCountOf(paths.unheld, "object is", "objects are")} kept`;
    const by = object
      ? "alive: only weak references or bookkeeping of Node and V8 lead to it."
      : "by nothing: only weak references or bookkeeping of Node and V8 lead there.";
    blocks.push(prose(`${what} ${by}`));
  }
  return blocks;
}

function wayText(way: HoldingPath, isMerged: boolean, page: Page): readonly string[] {
  const steps = way.steps.map((step) => ({
    ...step,
    to: step.objectId === null ? step.to : `${shortenName(step.to, page)} @${step.objectId}`,
  }));
  const trace = pathTrace(steps, page);
  if (!isMerged) return trace;
  const head = `${formatCountOf(way.count, "object")}, ${formatBytes(way.retainedBytes)}`;
  const example = way.count === 1 ? "" : ", for example";
  return [page.colors.bold(head) + example, ...indent(trace, margin)];
}

function dominatorsText({ object, dominators }: RetainersReport, page: Page): readonly string[] {
  const { bold, dim } = page.colors;
  if (object === null) return [];
  if (dominators.rows.length === 0)
    return [bold("Dominators: none, there are ways without any object in common")];
  const { heading, rows } = objectTable(dominators.rows.slice(0, shownDominators), page);
  const left = dominators.total - rows.length;
  return [
    bold("Dominators, the nearest first: every way leads through each of them"),
    ...indent([dim(heading), ...rows], margin),
    ...(left > 0 ? [dim(`${margin}${formatCount(left)} more up to the root`)] : []),
  ];
}

function treeText({ object, retainers }: RetainersReport, page: Page): readonly string[] {
  const { bold, dim } = page.colors;
  const order = object ? "the nearest to a root first" : "those first that hold most";
  const weak =
    retainers.weak === 0
      ? []
      : [dim(`${margin}${formatCountOf(retainers.weak, "weak reference")} left out`)];
  if (retainers.rows.length === 0) return weak;
  return [
    bold(`Retainers, ${order}`),
    ...indent(retainerTreeText(retainers, page), margin),
    ...weak,
  ];
}
