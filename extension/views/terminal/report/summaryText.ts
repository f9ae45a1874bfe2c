import { formatBytes } from "../../../base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../base/count.ts";
import { printableData } from "../../../base/printable.ts";
import type { ClassRow, ObjectRow } from "../../../protocol/heapRows.ts";
import type { HeapTotals, SummaryReport, SummaryRequest } from "../../../protocol/summaryReport.ts";
import { howItWasTaken } from "./howItWasTaken.ts";
import { type Column, indent, table } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatPlace } from "./place.ts";
import { problemText } from "./problemText.ts";

const margin = "  ";

/** A heap as a person reads it: how large it is and of what, then its classes and largest objects. */
export function summaryText(
  untrusted: SummaryReport,
  { sort, filter }: Pick<SummaryRequest, "sort" | "filter">,
  page: Page,
): string {
  const report = printableData(untrusted);
  const { heap, classes, objects, problems } = report;
  const matching = filter === "" ? "" : ` with “${printableData(filter)}” in their names`;
  const blocks: (readonly string[])[] = [
    totalsText(heap, page),
    classes.total === 0
      ? [`There are no classes${matching}.`]
      : section(
          `Classes${matching}, by ${sortWords[sort]}`,
          classTable(classes.rows, page),
          leftOut(classes.total - classes.rows.length, page),
          page,
        ),
    objects.length === 0
      ? []
      : section(
          `Single objects that retain most${matching && ", of these classes"}`,
          objectTable(objects, page),
          [],
          page,
        ),
    [registriesText(report)],
    ...problems.map((problem) => problemText(problem, page)),
    howItWasTaken(report, page),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

const sortWords: Readonly<Record<SummaryRequest["sort"], string>> = {
  retained: "retained size",
  shallow: "shallow size",
  count: "count",
};

function totalsText({ bytes, nodes, edges, strings, kinds }: HeapTotals, page: Page) {
  const { heading: _, rows } = table(
    [
      { heading: "kind" },
      { heading: "bytes", align: "right" },
      { heading: "share", align: "right" },
    ],
    kinds
      .filter((kind) => kind.bytes > 0)
      .map((kind) => [kind.kind, formatBytes(kind.bytes), percent(kind.bytes, bytes)]),
    page.rowWidth - margin.length,
  );
  const counts = `${formatCountOf(nodes, "node")}, ${formatCountOf(edges, "edge")}, ${formatCountOf(strings, "string")}`;
  return [page.colors.bold(`${formatBytes(bytes)}: ${counts}`), ...indent(rows, margin)];
}

const percent = (part: number, whole: number) =>
  `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

const section = (
  heading: string,
  { heading: columns, rows }: ReturnType<typeof table>,
  more: readonly string[],
  page: Page,
): readonly string[] => [
  page.colors.bold(heading),
  ...indent([page.colors.dim(columns), ...rows, ...more], margin),
];

const leftOut = (count: number, page: Page): readonly string[] =>
  count <= 0
    ? []
    : [page.colors.dim(`${formatCountOf(count, "more class", "more classes")} (--top N)`)];

const sizeColumns: readonly Column[] = [
  { heading: "retained", align: "right" },
  { heading: "shallow", align: "right" },
];
const distanceColumn: Column = { heading: "distance", align: "right" };

/** Classes with what their objects come to. */
export const classTable = (rows: readonly ClassRow[], page: Page) =>
  table(
    [
      ...sizeColumns,
      { heading: "count", align: "right" },
      distanceColumn,
      { heading: "class", flexible: true },
      { heading: "" },
    ],
    rows.map((row) => [
      ...numbersOf(row),
      formatCount(row.count),
      distanceOf(row),
      row.name,
      placeOf(row, page),
    ]),
    page.rowWidth - margin.length,
  );

/** Single objects. */
export const objectTable = (rows: readonly ObjectRow[], page: Page) =>
  table(
    [
      ...sizeColumns,
      distanceColumn,
      { heading: "object" },
      { heading: "", flexible: true },
      { heading: "" },
    ],
    rows.map((row) => [
      ...numbersOf(row),
      distanceOf(row),
      `@${row.objectId}`,
      row.name,
      placeOf(row, page),
    ]),
    page.rowWidth - margin.length,
  );

const numbersOf = ({ retainedBytes, shallowBytes }: ClassRow | ObjectRow) => [
  formatBytes(retainedBytes),
  formatBytes(shallowBytes),
];

/** Chrome DevTools' sign for what the user's roots don't lead to. */
const distanceOf = ({ distance }: ClassRow | ObjectRow) =>
  distance === null ? "−" : formatCount(distance);

const placeOf = ({ position }: ClassRow | ObjectRow, page: Page) =>
  position === null ? "" : formatPlace(position, page);

function registriesText({ registries: { registries, internal, live, queued } }: SummaryReport) {
  const own = `${formatCountOf(registries, "FinalizationRegistry", "FinalizationRegistries")}: ${formatCount(live)} live, ${formatCount(queued)} queued`;
  const hint = registries === 0 ? "" : " (leakline blocked FILE says more)";
  return `${own}${hint}; ${formatCount(internal)} of Node's own`;
}
