import { type ClassAggregates, forEachOutermost } from "../graph/classAggregates.ts";
import type { NodeRow } from "../graph/heapGraph.ts";
import { heapStatisticsOf } from "../graph/heapStatistics.ts";
import { type NodeKind, nodeKind } from "../graph/heapWords.ts";
import { createLargestRows } from "../graph/largestRows.ts";
import type { Registry } from "../graph/registries.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import type { CallContext } from "../protocol/rpc.ts";
import {
  type ClassSortKey,
  type HeapTotals,
  type RegistryTotals,
  type SummaryReport,
  type SummaryRequest,
  summaryReportSchemaVersion,
} from "../protocol/summaryReport.ts";
import type { AskedHeap } from "./askedHeap.ts";
import { type HeapMeasures, measuresOf } from "./heapMeasures.ts";
import type { HeapReading } from "./heapReading.ts";
import { createObjectDescriber } from "./objectDescriber.ts";
import { createPass } from "./pass.ts";

/** Totals, a page of the classes, and the single objects that retain most. */
export async function summarizeHeap(
  { heap, library, target, capture }: AskedHeap,
  request: SummaryRequest,
  toolVersion: string,
  context: CallContext<AnalysisEvent>,
): Promise<SummaryReport> {
  const pass = createPass(context);
  const measures = await measuresOf(heap, pass);
  const matches = await pass("Sorting the classes", () => matchingClasses(measures, request));
  const describer = createObjectDescriber(heap, measures, library);
  const classRows = sortedClasses(
    measures.aggregates,
    matches,
    measures.classes.names,
    request.sort,
  );
  const page = classRows.slice(request.from, request.from + request.count);
  const objects = largestObjects(heap, measures, matches, request.objects);
  await pass("Finding the source lines", () => {});
  return {
    schemaVersion: summaryReportSchemaVersion,
    tool: { name: "leakline", version: toolVersion },
    target,
    capture,
    heap: totalsOf(heap, measures),
    registries: registryTotalsOf(heap.registries),
    classes: {
      total: classRows.length,
      from: request.from,
      rows: await Promise.all(page.map(describer.classRow)),
    },
    objects: await Promise.all(objects.map(describer.object)),
    problems: [],
  };
}

/** Numbers of the classes that have objects and match the filter. */
function matchingClasses(
  { classes, aggregates }: HeapMeasures,
  { filter }: SummaryRequest,
): ReadonlySet<number> {
  const wanted = filter.toLowerCase();
  const matches = new Set<number>();
  for (const [number, name] of classes.names.entries()) {
    if ((aggregates.count[number] ?? 0) === 0) continue;
    if (name.toLowerCase().includes(wanted)) matches.add(number);
  }
  return matches;
}

function sortedClasses(
  { retainedBytes, shallowBytes, count }: ClassAggregates,
  numbers: Iterable<number>,
  names: readonly string[],
  sort: ClassSortKey,
): number[] {
  const values = { retained: retainedBytes, shallow: shallowBytes, count }[sort];
  const name = (number: number) => names[number] ?? "";
  return [...numbers].sort(
    (a, b) => (values[b] ?? 0) - (values[a] ?? 0) || (name(a) < name(b) ? -1 : 1),
  );
}

/** What a developer has no word for, or what holds everything, is no answer to where the memory is. */
const tellsNothing: ReadonlySet<NodeKind> = new Set(["root", "global", "engine"]);

function largestObjects(
  { graph }: HeapReading,
  measures: HeapMeasures,
  classes: ReadonlySet<number>,
  count: number,
): readonly NodeRow[] {
  const { retainedSizes } = measures.ranges;
  const { classOf } = measures.classes;
  const largest = createLargestRows(count);
  forEachOutermost(measures, (row) => {
    if (!classes.has(classOf[row] ?? -1) || tellsNothing.has(nodeKind(graph, row))) return;
    largest.add(row, retainedSizes[row] ?? 0);
  });
  return largest.rows;
}

function totalsOf({ graph, heapBytes }: HeapReading, { shallowSizes }: HeapMeasures): HeapTotals {
  const { nodes, edges, strings } = graph.columns;
  const statistics = heapStatisticsOf(graph, shallowSizes);
  const kinds = [
    { kind: "objects", bytes: statistics.otherObjectBytes },
    { kind: "arrays", bytes: statistics.arrayBytes },
    { kind: "strings", bytes: statistics.stringBytes },
    { kind: "code", bytes: statistics.codeBytes },
    { kind: "typed arrays", bytes: statistics.typedArrayBytes },
    { kind: "system", bytes: statistics.systemBytes },
    { kind: "native", bytes: statistics.otherNativeBytes },
  ] as const;
  return {
    bytes: heapBytes,
    nodes: nodes.count,
    edges: edges.count,
    strings: strings.count,
    kinds: kinds.toSorted((a, b) => b.bytes - a.bytes),
  };
}

function registryTotalsOf(registries: readonly Registry[]): RegistryTotals {
  const own = registries.filter(({ internal }) => !internal);
  return {
    registries: own.length,
    internal: registries.length - own.length,
    live: own.reduce((sum, { active }) => sum + active.count, 0),
    queued: own.reduce((sum, { cleared }) => sum + cleared.count, 0),
  };
}
