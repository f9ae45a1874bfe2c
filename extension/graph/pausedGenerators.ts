import { isModule } from "./asyncModules.ts";
import {
  childNamed,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeType,
} from "./heapGraph.ts";
import { forEachRetainer } from "./retainers.ts";

/**
 * Generators that wait for their caller's `next()`: at a `yield`, or not begun, which a snapshot doesn't tell apart.
 * One that is suspended has itself in its registers; V8 takes them back when it runs or has ended.
 */
export function pausedGeneratorsOf(graph: HeapGraph): NodeRow[] {
  const found: NodeRow[] = [];
  const registersName = graph.stringIndex("parameters_and_registers");
  const { edgeNameOrIndex } = graph.columns.edges;
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (nodeType(graph, row) !== graph.types.node.object) continue;
    const end = edgesEnd(graph, row);
    for (let edge = edgesBegin(graph, row); edge < end; edge++) {
      if (edgeNameOrIndex[edge] !== registersName) continue;
      if (edgeType(graph, edge) !== graph.types.edge.internal) continue;
      const registers = edgeTarget(graph, edge);
      if (!leadsTo(graph, registers, row) || !hasIterator(graph, row)) continue;
      if (!isAsked(graph, row) && !isOfModule(graph, row)) found.push(row);
    }
  }
  return found;
}

function leadsTo(graph: HeapGraph, from: NodeRow, to: NodeRow): boolean {
  const end = edgesEnd(graph, from);
  for (let edge = edgesBegin(graph, from); edge < end; edge++) {
    if (edgeTarget(graph, edge) === to) return true;
  }
  return false;
}

/** An async generator has a queue of what it was asked for: it awaits something, or goes on at once. */
function isAsked(graph: HeapGraph, row: NodeRow): boolean {
  const request = graph.stringIndex("system / AsyncGeneratorRequest");
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    const { hidden } = graph.types.edge;
    if (edgeType(graph, edge) !== hidden) continue;
    if (graph.columns.nodes.nodeName[edgeTarget(graph, edge)] === request) return true;
  }
  return false;
}

/** A module that waits for its imports has a generator that has not begun. */
function isOfModule(graph: HeapGraph, row: NodeRow): boolean {
  let found = false;
  forEachRetainer(graph, row, (_, from) => {
    found ||= isModule(graph, from);
  });
  return found;
}

/** The generator objects of async functions have no prototype: the program never sees them. */
function hasIterator(graph: HeapGraph, row: NodeRow): boolean {
  const prototype = childNamed(graph, row, graph.types.edge.property, "__proto__");
  return prototype !== null && nodeType(graph, prototype) === graph.types.node.object;
}
