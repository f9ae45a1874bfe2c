import type { Branded } from "../base/brand.ts";
import type { SnapshotColumns } from "../snapshot/snapshotColumns.ts";

/** Row of the node table, 0 … nodeCount − 1. Not V8's `nodes` offset, which is row × field count. */
export type NodeRow = Branded<number, "NodeRow">;

/** Row of the edge table, 0 … edgeCount − 1. */
export type EdgeRow = Branded<number, "EdgeRow">;

/** Kinds of nodes and edges, as numbers of this snapshot; -1 for one that this V8 doesn't have. */
export interface TypeCodes {
  readonly node: {
    readonly hidden: number;
    readonly array: number;
    readonly string: number;
    readonly object: number;
    readonly code: number;
    readonly closure: number;
    readonly native: number;
    readonly synthetic: number;
    readonly concatenatedString: number;
    readonly slicedString: number;
    readonly symbol: number;
    readonly objectShape: number;
  };
  readonly edge: {
    readonly context: number;
    readonly element: number;
    readonly property: number;
    readonly internal: number;
    readonly hidden: number;
    readonly shortcut: number;
    readonly weak: number;
  };
}

/** A snapshot ready to be walked. Everything is a column; a node or an edge is only its row. */
export interface HeapGraph {
  readonly columns: SnapshotColumns;
  readonly nodeCount: number;
  readonly types: TypeCodes;
  /** A node's row in `columns.locations`, or -1: a binary search. */
  locationOf(row: NodeRow): number;
  /** Index of a name among the strings, or -1: looked for once, then remembered. */
  stringIndex(text: string): number;
}

/** Where every walk begins: V8 writes the root first. */
export const rootRow = 0 as NodeRow;

export function buildHeapGraph(columns: SnapshotColumns): HeapGraph {
  const node = (name: string) => columns.nodeTypes.indexOf(name);
  const edge = (name: string) => columns.edgeTypes.indexOf(name);
  const indexes = new Map<string, number>();
  return {
    columns,
    nodeCount: columns.nodes.count,
    locationOf: (row) => lastLocationOf(columns, row),
    stringIndex(text) {
      let index = indexes.get(text);
      if (index === undefined) {
        index = columns.strings.find(text);
        indexes.set(text, index);
      }
      return index;
    },
    types: {
      node: {
        hidden: node("hidden"),
        array: node("array"),
        string: node("string"),
        object: node("object"),
        code: node("code"),
        closure: node("closure"),
        native: node("native"),
        synthetic: node("synthetic"),
        concatenatedString: node("concatenated string"),
        slicedString: node("sliced string"),
        symbol: node("symbol"),
        objectShape: node("object shape"),
      },
      edge: {
        context: edge("context"),
        element: edge("element"),
        property: edge("property"),
        internal: edge("internal"),
        hidden: edge("hidden"),
        shortcut: edge("shortcut"),
        weak: edge("weak"),
      },
    },
  };
}

function lastLocationOf({ locations }: SnapshotColumns, row: NodeRow): number {
  let low = 0;
  let high = locations.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (locations.row[middle]! <= row) low = middle + 1;
    else high = middle;
  }
  return locations.row[low - 1] === row ? low - 1 : -1;
}

export function edgesBegin(graph: HeapGraph, row: NodeRow): EdgeRow {
  return graph.columns.nodes.firstEdge[row]! as EdgeRow;
}

/** One behind the node's last edge. */
export function edgesEnd(graph: HeapGraph, row: NodeRow): EdgeRow {
  return graph.columns.nodes.firstEdge[row + 1]! as EdgeRow;
}

export function nodeType(graph: HeapGraph, row: NodeRow): number {
  return graph.columns.nodes.nodeType[row]!;
}

export function nodeName(graph: HeapGraph, row: NodeRow): string {
  return graph.columns.strings.text(graph.columns.nodes.nodeName[row]!);
}

export function objectId(graph: HeapGraph, row: NodeRow): number {
  return graph.columns.nodes.nodeId[row]!;
}

export function edgeType(graph: HeapGraph, edge: EdgeRow): number {
  return graph.columns.edges.edgeType[edge]!;
}

export function edgeTarget(graph: HeapGraph, edge: EdgeRow): NodeRow {
  return graph.columns.edges.edgeTarget[edge]! as NodeRow;
}

/** The index of an `element` or `hidden` edge; a string index for every other kind. */
export function edgeNameOrIndex(graph: HeapGraph, edge: EdgeRow): number {
  return graph.columns.edges.edgeNameOrIndex[edge]!;
}

export function edgeName(graph: HeapGraph, edge: EdgeRow): string {
  const type = edgeType(graph, edge);
  const nameOrIndex = edgeNameOrIndex(graph, edge);
  return type === graph.types.edge.element || type === graph.types.edge.hidden
    ? String(nameOrIndex)
    : graph.columns.strings.text(nameOrIndex);
}

/** The node that an edge starts from: a binary search, for single edges of a path. */
export function edgeSource(graph: HeapGraph, edge: EdgeRow): NodeRow {
  const { firstEdge } = graph.columns.nodes;
  let low = 0;
  let high = graph.nodeCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstEdge[middle]! <= edge) low = middle;
    else high = middle - 1;
  }
  return low as NodeRow;
}

/** The first edge of this kind and name, or -1. */
export function findEdge(graph: HeapGraph, row: NodeRow, type: number, name: string): EdgeRow | -1 {
  const nameIndex = graph.stringIndex(name);
  if (nameIndex === -1) return -1;
  const { edgeType: types, edgeNameOrIndex: names } = graph.columns.edges;
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row) as number; edge < end; edge++) {
    if (types[edge] === type && names[edge] === nameIndex) return edge as EdgeRow;
  }
  return -1;
}

/** What the first edge of this kind and name leads to, or null. */
export function childNamed(
  graph: HeapGraph,
  row: NodeRow,
  type: number,
  name: string,
): NodeRow | null {
  const edge = findEdge(graph, row, type, name);
  return edge === -1 ? null : edgeTarget(graph, edge);
}
