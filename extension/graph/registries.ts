import { CellColumns, type CellList } from "./cellList.ts";
import {
  createFunctionPositions,
  type FunctionPositions,
  type HeapPosition,
  unboundFunction,
} from "./functionPosition.ts";
import {
  childNamed,
  edgesBegin,
  edgesEnd,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
  objectId,
} from "./heapGraph.ts";

import { isEngineType, nativeContexts } from "./nativeContexts.ts";

/** A FinalizationRegistry that was alive when the snapshot was taken. */
export interface Registry {
  readonly row: NodeRow;
  readonly objectId: number;
  /** The cleanup callback: a closure, or whatever else is callable (a bound function, a Proxy). */
  readonly closureRow: NodeRow | null;
  /** Where the callback (behind `bind`) is defined; null for one that is not JavaScript. */
  readonly callback: HeapPosition | null;
  /** Null for an anonymous function. */
  readonly callbackName: string | null;
  /** Made by Node itself. */
  readonly internal: boolean;
  /** Registrations whose target is alive. */
  readonly active: CellList;
  /**
   * Registrations whose target is collected and whose callback has not begun: the queue. The one whose
   * callback is running has left it on every version; since Node 24 its cell is still in the heap, held by
   * the stack and on no list.
   */
  readonly cleared: CellList;
}

export const cellName = "system / WeakCell";

/**
 * All registries of the heap, in the order of their rows. Decided by structure alone, since slots move
 * between versions of V8: a registry is an object whose hidden edges begin with its native context and its
 * cleanup callback; a cell's first hidden edge is its registry. The cells of a registry are those linked
 * to its two list heads. A cell without a `target` edge is on the cleared list: V8 moves it there in
 * the same collection that clears the target.
 */
export function registriesOf(graph: HeapGraph): Registry[] {
  const positions = createFunctionPositions(graph);
  const cellIndex = graph.stringIndex(cellName);
  const visited = new Uint8Array(graph.nodeCount);
  const contexts = nativeContexts(graph);
  const found: Registry[] = [];
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (nodeType(graph, row) !== graph.types.node.object) continue;
    const closureRow = cleanupCallbackOf(graph, row, contexts);
    if (closureRow === null) continue;
    const { active, cleared } = cellsOf(graph, row, cellIndex, visited);
    const callable = unboundFunction(graph, closureRow);
    const callback = positions.of(callable);
    found.push({
      row,
      objectId: objectId(graph, row),
      closureRow,
      callback,
      callbackName: nodeName(graph, callable) || null,
      internal: isInternal(graph, row, callback, positions),
      active,
      cleared,
    });
  }
  return found;
}

/** The cleanup callback when the node is a registry, otherwise null. */
function cleanupCallbackOf(
  graph: HeapGraph,
  row: NodeRow,
  contexts: ReadonlySet<number>,
): NodeRow | null {
  const { edgeType, edgeTarget: targets } = graph.columns.edges;
  const { hidden } = graph.types.edge;
  const end = edgesEnd(graph, row);
  let behindContext = false;
  for (let edge = edgesBegin(graph, row) as number; edge < end; edge++) {
    if (edgeType[edge] !== hidden) continue;
    const target = targets[edge]! as NodeRow;
    if (behindContext) {
      const type = nodeType(graph, target);
      const callable = type === graph.types.node.closure || type === graph.types.node.object;
      return callable ? target : null;
    }
    if (!contexts.has(target)) return null;
    behindContext = true;
  }
  return null;
}

/** Follows the links between cells from the registry's list heads, without recursion. */
function cellsOf(
  graph: HeapGraph,
  registry: NodeRow,
  cellIndex: number,
  visited: Uint8Array,
): { active: CellColumns; cleared: CellColumns } {
  const { nodeId } = graph.columns.nodes;
  const active = new CellColumns(nodeId);
  const cleared = new CellColumns(nodeId);
  if (cellIndex === -1) return { active, cleared };

  const waiting: NodeRow[] = [];
  const visitCells = (from: NodeRow) => {
    const end = edgesEnd(graph, from);
    for (let edge = edgesBegin(graph, from) as number; edge < end; edge++) {
      if (graph.columns.edges.edgeType[edge] !== graph.types.edge.hidden) continue;
      const target = graph.columns.edges.edgeTarget[edge]! as NodeRow;
      if (visited[target] === 1 || !isCell(graph, target, cellIndex)) continue;
      visited[target] = 1;
      waiting.push(target);
    }
  };

  visitCells(registry);
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    const { target, heldValue, token } = readCell(graph, row, cellIndex);
    (target === -1 ? cleared : active).add(row, target, heldValue, token);
    visitCells(row);
  }
  return { active, cleared };
}

export function isCell(graph: HeapGraph, row: NodeRow, cellIndex: number): boolean {
  return graph.columns.nodes.nodeName[row] === cellIndex && isEngineType(graph, row);
}

/**
 * A cell's hidden edges are, in this order on every version so far: its registry, the held value, its
 * neighbours in two lists of cells. Rows, or -1.
 */
function readCell(
  graph: HeapGraph,
  row: NodeRow,
  cellIndex: number,
): { target: number; heldValue: number; token: number } {
  const { hidden, weak } = graph.types.edge;
  const targetName = graph.stringIndex("target");
  const tokenName = graph.stringIndex("unregister_token");
  const { edgeType, edgeNameOrIndex, edgeTarget: targets } = graph.columns.edges;
  let target = -1;
  let heldValue = -1;
  let token = -1;
  let sawRegistry = false;
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row) as number; edge < end; edge++) {
    const to = targets[edge]! as NodeRow;
    if (edgeType[edge] === weak) {
      if (edgeNameOrIndex[edge] === targetName) target = to;
      else if (edgeNameOrIndex[edge] === tokenName) token = to;
    } else if (edgeType[edge] === hidden) {
      if (!sawRegistry) sawRegistry = true;
      else if (!isCell(graph, to, cellIndex)) heldValue = to;
    }
  }
  return { target, heldValue, token };
}

/**
 * Node makes its registries with a class of its own (`SafeFinalizationRegistry`), or, in packages that it
 * bundles, with a callback in `node:internal/`. A user's registry may well have a public function of
 * Node for its callback (`clearTimeout`), which makes it no less the user's.
 */
function isInternal(
  graph: HeapGraph,
  registry: NodeRow,
  callback: HeapPosition | null,
  positions: FunctionPositions,
): boolean {
  const script = callback?.scriptName;
  if (!script?.startsWith("node:")) return false;
  if (script.startsWith("node:internal/")) return true;
  const { property } = graph.types.edge;
  const prototype = childNamed(graph, registry, property, "__proto__");
  const maker = prototype && childNamed(graph, prototype, property, "constructor");
  return maker !== null && positions.of(maker)?.scriptName?.startsWith("node:") === true;
}
