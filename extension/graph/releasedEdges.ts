import { type EdgeRow, edgesBegin, edgesEnd, type HeapGraph, type NodeRow } from "./heapGraph.ts";
import { cellName, isCell, type Registry } from "./registries.ts";

const ordinary = 0;
const cell = 1;
const registry = 2;
const bookkeeping = 3;

/**
 * Node's own lists of its native objects. V8's embedder graph draws their entries as strong edges, but
 * an entry is only a pointer: whether the object lives is decided by its global handle, which has an edge of
 * its own. `CleanupQueue` until Node 20, `BaseObjectList` since 22.
 */
const bookkeepingLists = ["Node / CleanupQueue", "Node / BaseObjectList"];

/** Edges that must not count when we ask whether a registration keeps its own target alive. */
export interface ReleasedEdges {
  /** Cell → held value, registry → cleanup callback, registry → next registry, bookkeeping → entry. */
  isReleased(edge: EdgeRow, from: NodeRow): boolean;
  /** Of these the last two, which never keep anything alive, whatever is asked. */
  isBookkeeping(edge: EdgeRow, from: NodeRow): boolean;
  /** The edge from a cell to its held value, or -1. */
  heldValueEdge(cellRow: NodeRow): EdgeRow | -1;
  /** The edge from a registry to its cleanup callback, or -1. */
  cleanupEdge(registryRow: NodeRow): EdgeRow | -1;
  /** Every cell of the heap, also those that stand on no registry's list any more. */
  readonly cells: readonly NodeRow[];
}

export function releasedEdgesOf(graph: HeapGraph, registries: readonly Registry[]): ReleasedEdges {
  const { nodes, edges } = graph.columns;
  const { hidden, element } = graph.types.edge;
  const role = new Uint8Array(graph.nodeCount);
  const cells: NodeRow[] = [];
  const cellIndex = graph.stringIndex(cellName);
  const listNames = new Set(bookkeepingLists.map((name) => graph.stringIndex(name)));
  listNames.delete(-1);
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (cellIndex !== -1 && isCell(graph, row, cellIndex)) {
      role[row] = cell;
      cells.push(row);
    } else if (
      listNames.has(nodes.nodeName[row]!) &&
      nodes.nodeType[row] !== graph.types.node.string
    ) {
      role[row] = bookkeeping;
    }
  }
  const callbackOf = new Map<number, number>();
  for (const { row, closureRow } of registries) {
    role[row] = registry;
    if (closureRow !== null) callbackOf.set(row, closureRow);
  }

  const firstHidden = (row: NodeRow): number => {
    const end = edgesEnd(graph, row);
    let edge: number = edgesBegin(graph, row);
    while (edge < end && edges.edgeType[edge] !== hidden) edge++;
    return edge;
  };

  const isHeldValue = (edge: EdgeRow, from: NodeRow): boolean =>
    edges.edgeType[edge] === hidden &&
    role[edges.edgeTarget[edge]!] !== cell &&
    edge !== firstHidden(from);

  const isReleased = (edge: EdgeRow, from: NodeRow): boolean => {
    switch (role[from]) {
      case ordinary:
        return false;
      case cell:
        return isHeldValue(edge, from);
      case registry:
        return (
          (edges.edgeType[edge] === hidden && edges.edgeTarget[edge] === callbackOf.get(from)) ||
          isBookkeeping(edge, from)
        );
      default:
        return isBookkeeping(edge, from);
    }
  };

  const isBookkeeping = (edge: EdgeRow, from: NodeRow): boolean => {
    switch (role[from]) {
      // Registries with work to do are chained by a pointer that the collector treats as weak.
      case registry:
        return edges.edgeType[edge] === hidden && role[edges.edgeTarget[edge]!] === registry;
      case bookkeeping:
        return (
          edges.edgeType[edge] === element &&
          nodes.nodeType[edges.edgeTarget[edge]!] === graph.types.node.native
        );
      default:
        return false;
    }
  };

  const firstReleased = (row: NodeRow, wanted: (to: number) => boolean): EdgeRow | -1 => {
    const end = edgesEnd(graph, row);
    for (let edge = edgesBegin(graph, row); edge < end; edge++) {
      if (isReleased(edge, row) && wanted(edges.edgeTarget[edge]!)) return edge;
    }
    return -1;
  };

  return {
    isReleased,
    isBookkeeping,
    heldValueEdge: (row) => firstReleased(row, () => true),
    cleanupEdge: (row) => firstReleased(row, (to) => to === callbackOf.get(row)),
    cells,
  };
}
