import { definitionOf } from "../graph/describePath.ts";
import { systemDistance } from "../graph/distances.ts";
import type { HeapPosition } from "../graph/functionPosition.ts";
import { type NodeRow, nodeName, objectId } from "../graph/heapGraph.ts";
import { nodeKind, nodeWords } from "../graph/heapWords.ts";
import type { ClassRow, ObjectRow } from "../protocol/heapRows.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import { startOfHeapPosition } from "./heapEvidence.ts";
import type { HeapMeasures } from "./heapMeasures.ts";
import type { HeapReading } from "./heapReading.ts";

/** Describes objects and classes of one heap in the user's words and positions. */
export interface ObjectDescriber {
  object(row: NodeRow): Promise<ObjectRow>;
  classRow(classNumber: number): Promise<ClassRow>;
  /** What it is, in words; what only V8 knows of has V8's name. Never the contents of a string. */
  name(row: NodeRow): string;
  /** Where the function is defined that it is, or in whose scope it lives. */
  definition(row: NodeRow): Promise<SourcePosition | null>;
}

export function createObjectDescriber(
  { graph }: HeapReading,
  { classes, aggregates, positions, distances, shallowSizes, ranges }: HeapMeasures,
  library: SourceLibrary,
): ObjectDescriber {
  const sourcePosition = async (position: HeapPosition | null) => {
    const start = startOfHeapPosition(position);
    return start && (await library.position(start.script, start, null));
  };
  const className = (row: NodeRow) => classes.names[classes.classOf[row] ?? 0] ?? "";
  const definition = (row: NodeRow) => sourcePosition(definitionOf(graph, row));

  const name = (row: NodeRow): string => {
    const words = nodeWords(graph, row);
    switch (nodeKind(graph, row)) {
      case "object":
        return words === "Object" ? className(row) : words;
      case "root":
      case "engine":
        return nodeName(graph, row) || words;
      default:
        return words;
    }
  };

  return {
    name,
    definition,
    async object(row) {
      return {
        objectId: objectId(graph, row),
        name: name(row),
        className: className(row),
        position: (await definition(row)) ?? (await sourcePosition(positions.of(row))),
        distance: shownDistance(distances[row]),
        shallowBytes: shallowSizes[row] ?? 0,
        retainedBytes: ranges.retainedSizes[row] ?? 0,
      };
    },
    async classRow(number) {
      const maker = graph.columns.locations.row[classes.locations[number] ?? -1];
      const place = maker === undefined ? null : positions.of(maker as NodeRow);
      return {
        name: classes.names[number] ?? "",
        position: await sourcePosition(place),
        count: aggregates.count[number] ?? 0,
        distance: shownDistance(aggregates.distance[number]),
        shallowBytes: aggregates.shallowBytes[number] ?? 0,
        retainedBytes: aggregates.retainedBytes[number] ?? 0,
      };
    },
  };
}

/** Chrome DevTools shows none where only V8 itself leads, or nothing. */
export const shownDistance = (distance: number | undefined): number | null =>
  distance === undefined || distance < 0 || distance >= systemDistance ? null : distance;
