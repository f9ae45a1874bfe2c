import {
  childNamed,
  edgeName,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";
import { nodeKind } from "./heapWords.ts";

/** A value that a suspended function needs when it goes on. */
export interface SuspendedVariable {
  /** Null for a value of which only the register is known: a snapshot has no names for those. */
  readonly name: string | null;
  readonly row: NodeRow;
}

/** Scopes inside of one function, at most. */
const mostScopes = 64;

/**
 * The variables of a suspended function: `this`, those that inner functions share, by name, and what stands in its
 * parameters and registers. Numbers, `undefined` and the like are not in a snapshot.
 */
export function variablesOf(graph: HeapGraph, generator: NodeRow): SuspendedVariable[] {
  const { internal, context } = graph.types.edge;
  const found = new Map<NodeRow, SuspendedVariable>();
  const add = (row: NodeRow, name: string | null) => {
    if (isValue(graph, row) && row !== generator && !found.has(row)) found.set(row, { name, row });
  };

  const receiver = childNamed(graph, generator, internal, "receiver");
  if (receiver !== null) add(receiver, "this");
  const closure = childNamed(graph, generator, internal, "function");
  const outer = closure && childNamed(graph, closure, internal, "context");
  let scope = childNamed(graph, generator, internal, "context");
  for (let depth = 0; scope !== null && scope !== outer && depth < mostScopes; depth++) {
    const end = edgesEnd(graph, scope);
    for (let edge = edgesBegin(graph, scope); edge < end; edge++) {
      if (edgeType(graph, edge) === context) add(edgeTarget(graph, edge), edgeName(graph, edge));
    }
    scope = childNamed(graph, scope, internal, "previous");
  }
  const registers = childNamed(graph, generator, internal, "parameters_and_registers");
  if (registers !== null) {
    const end = edgesEnd(graph, registers);
    for (let edge = edgesBegin(graph, registers); edge < end; edge++) {
      if (/^\d+$/.test(edgeName(graph, edge))) add(edgeTarget(graph, edge), null);
    }
  }
  return [...found.values()];
}

function isValue(graph: HeapGraph, row: NodeRow): boolean {
  const kind = nodeKind(graph, row);
  return kind === "object" || kind === "function" || kind === "value" || kind === "native";
}
