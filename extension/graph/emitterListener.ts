import {
  type EdgeRow,
  edgeName,
  edgeSource,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";
import { edgeWords, nodeWords } from "./heapWords.ts";

/** A listener of an EventEmitter. */
export interface EmitterListener {
  readonly event: string;
  readonly emitter: string;
}

/** Nodes that are looked at to see what else leads from an emitter to a promise. */
const searchedNodes = 200;
/** Edges that every object has, to what is shared by all. */
const shared: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "map",
  "shared",
  "code",
  "feedback_cell",
  "previous",
]);

/**
 * The event to whose listener, or list of listeners, this edge leads out of an emitter's `_events`; null for any
 * other edge. Who waits for an event listens to `error` as well: when another listener leads to the same
 * `settler`, its event is the one that is waited for.
 */
export function emitterListenerOf(
  graph: HeapGraph,
  edge: EdgeRow,
  settler: NodeRow,
  edgeBefore: (row: NodeRow) => EdgeRow | -1,
): EmitterListener | null {
  const { property } = graph.types.edge;
  if (edgeType(graph, edge) !== property) return null;
  const table = edgeSource(graph, edge);
  const events = edgeBefore(table);
  if (events === -1 || edgeType(graph, events) !== property) return null;
  if (edgeName(graph, events) !== "_events") return null;
  const meant = edgeName(graph, edge) === "error" ? otherThanError(graph, table, settler) : null;
  return {
    event: edgeWords(graph, meant ?? edge, table),
    emitter: nodeWords(graph, edgeSource(graph, events)),
  };
}

function otherThanError(graph: HeapGraph, table: NodeRow, settler: NodeRow): EdgeRow | null {
  const end = edgesEnd(graph, table);
  for (let edge = edgesBegin(graph, table); edge < end; edge++) {
    if (edgeType(graph, edge) !== graph.types.edge.property) continue;
    const name = edgeName(graph, edge);
    if (name === "error" || shared.has(name)) continue;
    if (leadsTo(graph, edgeTarget(graph, edge), settler)) return edge;
  }
  return null;
}

function leadsTo(graph: HeapGraph, from: NodeRow, to: NodeRow): boolean {
  const seen = new Set([from]);
  for (const row of seen) {
    if (row === to) return true;
    if (seen.size > searchedNodes) return false;
    const end = edgesEnd(graph, row);
    for (let edge = edgesBegin(graph, row); edge < end; edge++) {
      if (edgeType(graph, edge) === graph.types.edge.weak) continue;
      if (!shared.has(edgeName(graph, edge))) seen.add(edgeTarget(graph, edge));
    }
  }
  return false;
}
