import type { DescribedStep } from "./describedStep.ts";
import { foldSteps } from "./foldSteps.ts";
import {
  createFunctionPositions,
  type FunctionPositions,
  type HeapPosition,
  unboundFunction,
} from "./functionPosition.ts";
import {
  childNamed,
  type EdgeRow,
  edgeSource,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeType,
  objectId,
} from "./heapGraph.ts";
import { edgeWords, type NodeKind, nodeKind, nodeWords } from "./heapWords.ts";

/**
 * Puts a path, as `livenessOf` gives it, into words. Hops through V8's own structures (element stores, hash
 * tables, scopes on the way to an outer scope, neighbours in a list of registrations) become one step; a path
 * from the root begins at the global object when it goes through it. A step that repeats and the middle of a
 * very long path are folded.
 */
export function describePath(graph: HeapGraph, path: readonly EdgeRow[]): DescribedStep[] {
  const [first] = path;
  if (first === undefined) return [];
  const positions = positionsOf(graph);
  const steps: DescribedStep[] = [];
  let from = edgeSource(graph, first);
  /** Edges since `from` that lead through V8's own structures only. */
  let run: EdgeRow[] = [];
  for (const [at, edge] of path.entries()) {
    run.push(edge);
    const to = edgeTarget(graph, edge);
    const isLast = at === path.length - 1;
    if (!isLast && isPassedThrough(graph, to, edgeTarget(graph, path[at + 1]!))) {
      // The kind of root says more than the root of all roots.
      if (nodeKind(graph, to) === "root") {
        from = to;
        run = [];
      }
      continue;
    }
    const reachesGlobal = nodeKind(graph, to) === "global" && nodeKind(graph, from) === "root";
    if (!reachesGlobal || isLast) {
      steps.push({
        from: nodeWords(graph, from),
        edge: runWords(graph, run, from),
        to: nodeWords(graph, to),
        objectId: objectId(graph, to),
        location: locationOf(graph, to, from, positions),
      });
    }
    from = to;
    run = [];
  }
  return foldSteps(steps);
}

function isPassedThrough(graph: HeapGraph, row: NodeRow, next: NodeRow): boolean {
  const kind = nodeKind(graph, row);
  if (kind === "engine" || kind === "root") return true;
  const sameAsNext: readonly NodeKind[] = ["scope", "registration"];
  return sameAsNext.includes(kind) && nodeKind(graph, next) === kind;
}

/** The name that a developer gave, if one of the edges has it; otherwise what the first one is. */
function runWords(graph: HeapGraph, run: readonly EdgeRow[], from: NodeRow): string {
  const kind = nodeKind(graph, from);
  if (kind === "root") return nodeWords(graph, from) === "(stack)" ? "local variable" : "root";
  const { property, context, element } = graph.types.edge;
  const named = run.find((edge) => [property, context, element].includes(edgeType(graph, edge)));
  const edge = named ?? (run[0] as EdgeRow);
  return edgeWords(graph, edge, edgeSource(graph, edge));
}

/** Where a function is defined, or one whose scope the node is; null for everything else. */
export function definitionOf(graph: HeapGraph, row: NodeRow): HeapPosition | null {
  return locationOf(graph, row, row, positionsOf(graph));
}

function locationOf(
  graph: HeapGraph,
  row: NodeRow,
  before: NodeRow,
  positions: Positions,
): HeapPosition | null {
  const kind = nodeKind(graph, row);
  if (kind === "function") return positions.functions.of(unboundFunction(graph, row));
  if (kind !== "scope") return null;
  const inScope = nodeKind(graph, before) === "function" ? before : positions.functionInScope(row);
  return inScope === null ? null : positions.functions.of(inScope);
}

interface Positions {
  readonly functions: FunctionPositions;
  /** A function whose scope this is, or null. */
  functionInScope(scope: NodeRow): NodeRow | null;
}

const cache = new WeakMap<HeapGraph, Positions>();

function positionsOf(graph: HeapGraph): Positions {
  const known = cache.get(graph);
  if (known !== undefined) return known;
  let functionOfScope: Map<number, NodeRow> | null = null;
  const positions: Positions = {
    functions: createFunctionPositions(graph),
    functionInScope(scope) {
      functionOfScope ??= functionsByScope(graph);
      return functionOfScope.get(scope) ?? null;
    },
  };
  cache.set(graph, positions);
  return positions;
}

function functionsByScope(graph: HeapGraph): Map<number, NodeRow> {
  const functions = new Map<number, NodeRow>();
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (nodeType(graph, row) !== graph.types.node.closure) continue;
    const scope = childNamed(graph, row, graph.types.edge.internal, "context");
    if (scope !== null && !functions.has(scope)) functions.set(scope, row);
  }
  return functions;
}
