import { type EdgeRow, type NodeRow, objectId, rootRow } from "../graph/heapGraph.ts";
import { edgeWords } from "../graph/heapWords.ts";
import { retainerListOf } from "../graph/retainerList.ts";
import { shortestPaths } from "../graph/shortestPaths.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { noSuchObject } from "../protocol/heapErrors.ts";
import type { ObjectRow } from "../protocol/heapRows.ts";
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

/** One that everything holds has as many paths as holders. */
const mostPaths = 100;
/** A chain of objects, each of which holds the next one alone, can be as long as a linked list. */
const mostDominators = 100;

/** Who holds one object: its shortest paths, its retainers as a tree, its dominators. */
export async function objectRetainers(
  asked: AskedHeap,
  id: number,
  request: RetainersRequest,
  toolVersion: string,
  context: CallContext<AnalysisEvent>,
): Promise<RetainersReport> {
  const { heap, library, target, capture } = asked;
  const { graph } = heap;
  const row = graph.columns.nodes.nodeId.indexOf(id) as NodeRow | -1;
  if (row === -1) throw noSuchObject(id, target.label);
  const pass = createPass(context);
  const measures = await measuresOf(heap, pass);
  const { walk, skipEdge } = await walkOf(heap, pass);
  const found = await pass("Finding the paths", () =>
    shortestPaths(graph, row, { walk, skipEdge, maxPaths: mostPaths }),
  );
  const steps = distinctWays(
    await Promise.all(found.map((path) => heldPathStepsOf(graph, path, library))),
  );
  const { pathsFrom, pathCount } = request;
  const retainedBytes = measures.ranges.retainedSizes[row] ?? 0;
  const describer = createObjectDescriber(heap, measures, library);
  return {
    schemaVersion: retainersReportSchemaVersion,
    tool: { name: "leakline", version: toolVersion },
    target,
    capture,
    object: await describer.object(row),
    classes: [],
    paths: {
      total: null,
      from: pathsFrom,
      hasMore: steps.length > pathsFrom + pathCount,
      rows: steps
        .slice(pathsFrom, pathsFrom + pathCount)
        .map((way) => ({ count: 1, retainedBytes, objectId: id, steps: way })),
      untold: 0,
      unheld: found.length === 0 && row !== rootRow ? 1 : 0,
    },
    retainers: await retainerTree(row, row, request, retainersOf(heap, measures, describer)),
    dominators: await dominatorsOf(row, measures, describer),
    problems: [],
  };
}

/** Two ways through the same objects differ in V8's own structures only: the first of them tells enough. */
function distinctWays(ways: readonly HoldingPath["steps"][]): readonly HoldingPath["steps"][] {
  const known = new Map<string, HoldingPath["steps"]>();
  for (const steps of ways) {
    const key = steps.map(({ objectId: held }) => held).join();
    if (!known.has(key)) known.set(key, steps);
  }
  return [...known.values()];
}

/** The retainers of one object, as a list to build the tree from. */
const retainersOf =
  (
    { graph }: HeapReading,
    { distances, ranges }: HeapMeasures,
    describer: ObjectDescriber,
  ): ((held: NodeRow) => HolderList<NodeRow>) =>
  (held) => {
    const { edges, holders, weakCount } = retainerListOf(graph, held, distances);
    return {
      total: edges.length,
      weak: weakCount,
      at(index) {
        const holder = holders[index] as NodeRow;
        return {
          kind: holder,
          held: holder,
          describe: async () => ({
            edge: edgeWords(graph, edges[index] as EdgeRow, holder),
            holder: describer.name(holder),
            objectId: objectId(graph, holder),
            position: await describer.definition(holder),
            holders: 1,
            held: 1,
            distance: shownDistance(distances[holder]),
            retainedBytes: ranges.retainedSizes[holder] ?? 0,
          }),
        };
      },
    };
  };

async function dominatorsOf(
  row: NodeRow,
  { ranges: { immediate } }: HeapMeasures,
  describer: ObjectDescriber,
): Promise<RetainersReport["dominators"]> {
  const nearest: Promise<ObjectRow>[] = [];
  let total = 0;
  for (let at = immediate[row] ?? rootRow; at !== rootRow; at = immediate[at] ?? rootRow) {
    total++;
    if (nearest.length < mostDominators) nearest.push(describer.object(at as NodeRow));
  }
  return { total, rows: await Promise.all(nearest) };
}
