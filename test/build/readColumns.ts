import type { SnapshotColumns } from "../../extension/snapshot/snapshotColumns.ts";
import { createSnapshotParser } from "../../extension/snapshot/snapshotParser.ts";
import type { WantedColumns } from "../../extension/snapshot/snapshotTables.ts";
import type { DrawnHeap } from "./heapDrawing.ts";

/** Parses the bytes, cut behind each of these offsets. */
export function parseInPieces(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  wanted: WantedColumns = {},
): SnapshotColumns {
  const parser = createSnapshotParser(wanted);
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    // A copy, as each chunk of a stream is one: the parser must not rely on what lies around it.
    parser.push(bytes.slice(from, cut));
    from = cut;
  }
  return parser.finish();
}

/** What a parsed snapshot says, in the form in which a heap is drawn. */
export interface ReadHeap {
  readonly nodes: readonly {
    readonly type: string | undefined;
    readonly name: string;
    readonly objectId: number | undefined;
    readonly selfSizeBytes: number | undefined;
    readonly edges: readonly {
      readonly type: string | undefined;
      readonly nameOrIndex: string | number | undefined;
      readonly to: number | undefined;
    }[];
  }[];
  readonly places: readonly (readonly (number | undefined)[])[];
}

/** Reads every column and resolves every name, so that a difference anywhere shows. */
export function readHeap({
  nodes,
  edges,
  locations,
  strings,
  ...names
}: SnapshotColumns): ReadHeap {
  const rows = (count: number) => [...Array(count).keys()];
  return {
    nodes: rows(nodes.count).map((row) => ({
      type: names.nodeTypes[nodes.nodeType[row] ?? -1],
      name: strings.text(nodes.nodeName[row] ?? -1),
      objectId: nodes.nodeId[row],
      selfSizeBytes: nodes.nodeSelfSize[row],
      edges: rows((nodes.firstEdge[row + 1] ?? 0) - (nodes.firstEdge[row] ?? 0)).map((index) => {
        const edge = (nodes.firstEdge[row] ?? 0) + index;
        const type = names.edgeTypes[edges.edgeType[edge] ?? -1];
        const nameOrIndex = edges.edgeNameOrIndex[edge] ?? -1;
        return {
          type,
          nameOrIndex:
            type === "element" || type === "hidden" ? nameOrIndex : strings.text(nameOrIndex),
          to: edges.edgeTarget[edge],
        };
      }),
    })),
    places: rows(locations.count).map((at) => [
      locations.row[at],
      locations.scriptId[at],
      locations.line[at],
      locations.column[at],
    ]),
  };
}

/** The same of a drawn heap, without any file between. */
export const asRead = (heap: DrawnHeap): ReadHeap => ({
  nodes: heap.nodes.map((node) => ({
    ...node,
    edges: node.edges.map((edge) => ({ ...edge, to: edge.to.row })),
  })),
  places: heap.places.map(({ node, scriptId, line, column }) => [node.row, scriptId, line, column]),
});
