import { nearNames } from "../base/nearNames.ts";
import { noDistance } from "../graph/distances.ts";
import {
  edgeSource,
  edgeType,
  type HeapGraph,
  type NodeRow,
  objectId,
} from "../graph/heapGraph.ts";
import { edgeWords, nodeKind, nodeWords } from "../graph/heapWords.ts";
import { createHolderGroups, type HolderGroup } from "../graph/holderGroups.ts";
import type { NodeClasses } from "../graph/nodeClasses.ts";
import { groupByPath, type PathGroups } from "../graph/pathGroups.ts";
import { treePath } from "../graph/shortestPaths.ts";
import type { StrongWalk } from "../graph/strongWalk.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { noSuchClass } from "../protocol/heapErrors.ts";
import {
  type HoldingPath,
  type RetainersReport,
  type RetainersRequest,
  retainersReportSchemaVersion,
} from "../protocol/retainersReport.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { AskedHeap } from "./askedHeap.ts";
import { heldPathStepsOf } from "./heapEvidence.ts";
import { type HeapMeasures, measuresOf, walkOf } from "./heapMeasures.ts";
import type { HeapReading } from "./heapReading.ts";
import { createObjectDescriber, type ObjectDescriber, shownDistance } from "./objectDescriber.ts";
import { createPass } from "./pass.ts";
import { type HolderList, retainerTree } from "./retainerTree.ts";

/** The objects of a class are held by something, but are no group of holders themselves. */
const noKind = -1;
/** Of the shapes of paths so many are put into words, those first whose objects retain most. */
const mostShapes = 1000;

/** Who holds the objects of a class: their shortest paths merged, and their retainers as a tree of groups. */
export async function classRetainers(
  asked: AskedHeap,
  className: string,
  request: RetainersRequest,
  toolVersion: string,
  context: CallContext<AnalysisEvent>,
): Promise<RetainersReport> {
  const { heap, library, target, capture } = asked;
  const pass = createPass(context);
  const measures = await measuresOf(heap, pass);
  const numbers = classesNamed(className, measures, target.label);
  const rows = instancesOf(numbers, measures);
  const { walk } = await walkOf(heap, pass);
  const groups = await pass("Merging the paths", () => groupByPath(heap.graph, rows, walk));
  const merged = await waysOf(asked, groups, walk);
  const describer = createObjectDescriber(heap, measures, library);
  const { pathsFrom, pathCount } = request;
  const told = merged.reduce((sum, { count }) => sum + count, 0);
  const pathRows = merged.slice(pathsFrom, pathsFrom + pathCount);
  return {
    schemaVersion: retainersReportSchemaVersion,
    tool: { name: "leakline", version: toolVersion },
    target,
    capture,
    object: null,
    classes: await Promise.all(numbers.map(describer.classRow)),
    paths: {
      total: merged.length,
      from: pathsFrom,
      hasMore: merged.length > pathsFrom + pathRows.length,
      rows: pathRows,
      untold: rows.length - groups.unreached.length - told,
      unheld: groups.unreached.length,
    },
    retainers: await pass("Merging the retainers", () =>
      retainerTree(rows, noKind, request, holdersOf(heap, measures, describer)),
    ),
    dominators: { total: 0, rows: [] },
    problems: [],
  };
}

/** The classes of this name, those that retain most first. */
function classesNamed(
  className: string,
  { classes: { names }, aggregates: { count, retainedBytes } }: HeapMeasures,
  label: string,
): number[] {
  const retained = (number: number) => retainedBytes[number] ?? 0;
  const existing = [...names.keys()]
    .filter((number) => (count[number] ?? 0) > 0)
    .sort((a, b) => retained(b) - retained(a));
  const numbers = existing.filter((number) => names[number] === className);
  if (numbers.length > 0) return numbers;
  const near = nearNames(
    className,
    existing.map((number) => names[number] ?? ""),
  );
  throw noSuchClass(className, near, label);
}

function instancesOf(numbers: readonly number[], { aggregates }: HeapMeasures): Uint32Array {
  return together(numbers.map(aggregates.instancesOf));
}

/** Ascending. */
function together(all: readonly Uint32Array[]): Uint32Array {
  const [only] = all;
  if (all.length === 1 && only) return only;
  const rows = new Uint32Array(all.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const own of all) {
    rows.set(own, end);
    end += own.length;
  }
  return rows.sort();
}

/** Shapes that differ only in V8's own structures read the same, and are one way for the user. */
async function waysOf(
  { heap: { graph, dominated }, library }: AskedHeap,
  groups: PathGroups,
  walk: StrongWalk,
): Promise<readonly HoldingPath[]> {
  const shapes = Array.from({ length: groups.count }, (_, group) => {
    const rows = groups.rowsOf(group);
    return { group, rows, retainedBytes: dominated.retainedBytesOfAll(rows) };
  });
  shapes.sort((a, b) => b.retainedBytes - a.retainedBytes);
  const ways = new Map<string, { readonly first: HoldingPath; readonly rows: Uint32Array[] }>();
  for (const { group, rows } of shapes.slice(0, mostShapes)) {
    const nearest = groups.nearest[group] as NodeRow;
    const steps = await heldPathStepsOf(graph, treePath(graph, walk, nearest) ?? [], library);
    const key = steps.map(({ from, edge }) => `${from} ${withoutNumbers(edge)}`).join("|");
    const known = ways.get(key);
    if (known) known.rows.push(rows);
    else {
      const first = { count: 0, retainedBytes: 0, objectId: objectId(graph, nearest), steps };
      ways.set(key, { first, rows: [rows] });
    }
  }
  return [...ways.values()]
    .map(({ first, rows }): HoldingPath => {
      const all = together(rows);
      return { ...first, count: all.length, retainedBytes: dominated.retainedBytesOfAll(all) };
    })
    .sort((a, b) => b.retainedBytes - a.retainedBytes || b.count - a.count);
}

/** `[17]` and `next (× 40)` are one name in whichever number. */
const withoutNumbers = (edge: string) => edge.replace(/^\[\d+\]/, "[…]").replace(/ \(× \d+\)$/, "");

/** The retainers of several objects in groups, as a list to build the tree from. */
function holdersOf(
  { graph }: HeapReading,
  { classes, distances, ranges }: HeapMeasures,
  describer: ObjectDescriber,
): (held: Uint32Array) => HolderList<Uint32Array> {
  const groupsOf = createHolderGroups(graph, classes);
  return (held) => {
    const { groups, weakCount } = groupsOf(held);
    return {
      total: groups.length,
      weak: weakCount,
      at(index) {
        const group = groups[index] as HolderGroup;
        const { holders, kind, heldCount } = group;
        const first = holders[0] as NodeRow;
        return {
          kind,
          held: holders,
          describe: async () => ({
            edge: edgeOf(graph, group),
            holder: holders.length === 1 ? describer.name(first) : kindWords(graph, group, classes),
            objectId: holders.length === 1 ? objectId(graph, first) : null,
            position: holders.length === 1 ? await describer.definition(first) : null,
            holders: holders.length,
            held: heldCount,
            distance: shownDistance(nearestOf(holders, distances)),
            retainedBytes: ranges.retainedBytesOfAll(holders),
          }),
        };
      },
    };
  };
}

/** Elements of different indexes and entries of different keys have no name in common. */
function edgeOf(graph: HeapGraph, { edge, hasSeveralNames }: HolderGroup): string {
  const { element, property } = graph.types.edge;
  const isNamed = [element, property].includes(edgeType(graph, edge));
  return isNamed && hasSeveralNames ? "[…]" : edgeWords(graph, edge, edgeSource(graph, edge));
}

function kindWords(graph: HeapGraph, group: HolderGroup, { names }: NodeClasses): string {
  const first = group.holders[0] as NodeRow;
  const kind = nodeKind(graph, first);
  return kind === "scope" || kind === "registration"
    ? nodeWords(graph, first)
    : (names[group.classNumber] ?? "");
}

/** The least distance of all that have one. */
function nearestOf(rows: Uint32Array, distances: Int32Array): number | undefined {
  let nearest: number | undefined;
  for (const row of rows) {
    const distance = distances[row] ?? noDistance;
    if (distance !== noDistance && distance < (nearest ?? Infinity)) nearest = distance;
  }
  return nearest;
}
