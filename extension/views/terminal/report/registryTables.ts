import { formatCount, formatCountOf } from "../../../base/count.ts";
import type { QueuedRegistry } from "../../../protocol/finding.ts";
import type { RegistryDescription } from "../../../protocol/report.ts";
import type { SourcePosition } from "../../../protocol/sourcePosition.ts";
import { table } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatNamedPlace } from "./place.ts";

/** More rows than that hide the report; the rest is added up in one line. */
const mostRows = 15;
/** Rows stand inside a finding, behind its margin. */
const indentation = 4;

/** What waits in each registry's queue, the longest first. */
export function queueTable(queues: readonly QueuedRegistry[], page: Page): readonly string[] {
  const sorted = queues.toSorted((a, b) => b.registrations - a.registrations);
  return foldedTable(
    [
      { heading: "queued", align: "right" },
      { heading: "cleanup callback", flexible: true },
    ],
    sorted,
    ({ registrations, callback, internal }) => [
      formatCount(registrations),
      callbackText(callback, internal, page),
    ],
    (rest) => `${formatCount(sum(rest, ({ registrations }) => registrations))} more`,
    page,
  );
}

/** Every registry of the heap: the user's own first, Node's folded into one line. */
export function registryTable(
  registries: readonly RegistryDescription[],
  page: Page,
): readonly string[] {
  const own = registries.filter(({ internal }) => page.all || !internal);
  const folded = registries.filter((registry) => !own.includes(registry));
  const sorted = own.toSorted((a, b) => b.queued - a.queued || b.live - a.live);
  const lines = foldedTable(
    [
      { heading: "live", align: "right" },
      { heading: "queued", align: "right" },
      { heading: "cleanup callback", flexible: true },
    ],
    sorted,
    ({ live, queued, callback, internal }) => [
      formatCount(live),
      formatCount(queued),
      callbackText(callback, internal, page),
    ],
    (rest) => liveAndQueued(rest),
    page,
  );
  if (folded.length === 0) return lines;
  const count = formatCountOf(folded.length, "registry", "registries");
  return [...lines, page.colors.dim(`${count} of Node's own: ${liveAndQueued(folded)}`)];
}

function foldedTable<Row>(
  columns: Parameters<typeof table>[0],
  all: readonly Row[],
  cells: (row: Row) => readonly string[],
  addUp: (rest: readonly Row[]) => string,
  page: Page,
): readonly string[] {
  if (all.length === 0) return [];
  const shown = page.all ? all : all.slice(0, mostRows);
  const rest = all.slice(shown.length);
  const { heading, rows } = table(columns, shown.map(cells), page.rowWidth - indentation);
  const lines = [page.colors.dim(heading), ...rows];
  if (rest.length === 0) return lines;
  const more = formatCountOf(rest.length, "more registry", "more registries");
  return [...lines, page.colors.dim(`${more}: ${addUp(rest)} (--all shows them)`)];
}

function callbackText(callback: SourcePosition | null, internal: boolean, page: Page): string {
  const place = callback ? formatNamedPlace(callback, page) : "(position not known)";
  return internal ? `${place}  [internal]` : place;
}

const liveAndQueued = (registries: readonly RegistryDescription[]) =>
  `${formatCount(sum(registries, ({ live }) => live))} live, ${formatCount(sum(registries, ({ queued }) => queued))} queued`;

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
  rows.reduce((total, row) => total + of(row), 0);
