import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount } from "../../../base/count.ts";
import type { RetainerRow, RetainersReport } from "../../../protocol/retainersReport.ts";
import { indent, shortenEnd } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatPlace } from "./place.ts";

/** Names come from the heap and may be whole documents. */
const longestName = 60;

/** The rows as a tree, each level a little farther in: what a row holds stands above it. */
export function retainerTreeText(
  { rows, total, from }: RetainersReport["retainers"],
  page: Page,
): readonly string[] {
  const shown = rows.filter(({ depth }) => depth === 1).length;
  return branches(rows, total - from - shown, page);
}

/** Rows of one level, each with those behind it that are deeper; `hidden` are left out at their end. */
function branches(rows: readonly RetainerRow[], hidden: number, page: Page): readonly string[] {
  const depth = rows[0]?.depth;
  const starts = rows.flatMap((row, at) => (row.depth === depth ? [at] : []));
  const items = starts.map((start, index) => {
    const row = rows[start] as RetainerRow;
    const below = rows.slice(start + 1, starts[index + 1]);
    return [rowText(row, page), ...branches(below, row.hiddenHolders, page)];
  });
  if (hidden > 0) items.push([page.colors.dim(`${formatCount(hidden)} more`)]);
  return items.flatMap(([first = "", ...below], index) => {
    const isLast = index === items.length - 1;
    return [`${isLast ? "└─" : "├─"} ${first}`, ...indent(below, isLast ? "   " : "│  ")];
  });
}

/** `rows in Cache @4711  distance 4, 1.2 MB`; of several `[…] in 20 × Array  holds 1,000, 1.2 MB`. */
function rowText(row: RetainerRow, page: Page): string {
  const { cyan, bold, dim } = page.colors;
  const edge = cyan(shortenEnd(row.edge, longestName));
  const holder = bold(shortenEnd(row.holder, longestName));
  const who =
    row.objectId === null
      ? `${edge} in ${formatCount(row.holders)} × ${holder}`
      : `${edge} in ${holder} @${row.objectId}`;
  const facts = [
    ...(row.held > 1 ? [`holds ${formatCount(row.held)}`] : []),
    ...(row.distance === null ? [] : [`distance ${formatCount(row.distance)}`]),
    formatBytes(row.retainedBytes),
    ...(row.isRepeated ? ["stands above already"] : []),
  ];
  const place = row.position === null ? "" : `  ${formatPlace(row.position, page)}`;
  return `${who}  ${dim(facts.join(", "))}${place}`;
}
