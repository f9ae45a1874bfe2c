import {
  type EdgeRow,
  edgesBegin,
  edgesEnd,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";
import { nodeKind } from "./heapWords.ts";

/** An object with more properties than anybody writes down is a dictionary: their names are data. */
const mostWrittenProperties = 200;

/** Tells whether a property is an entry of an object that is used as a dictionary. */
export type EntryTest = (edge: EdgeRow, from: NodeRow) => boolean;

/** The global object has many properties too, but each is a variable with a name of its own. */
export function createEntryTest(graph: HeapGraph): EntryTest {
  const { property } = graph.types.edge;
  /** Of the nodes with so many edges that it isn't obvious. */
  const known = new Map<NodeRow, boolean>();

  const isDictionary = (row: NodeRow): boolean => {
    if (nodeKind(graph, row) === "global") return false;
    const end = edgesEnd(graph, row);
    let properties = 0;
    for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
      if (edgeType(graph, edge as EdgeRow) === property) properties++;
      if (properties > mostWrittenProperties) return true;
    }
    return false;
  };

  return (edge, from) => {
    if (edgeType(graph, edge) !== property) return false;
    if (edgesEnd(graph, from) - edgesBegin(graph, from) <= mostWrittenProperties) return false;
    let answer = known.get(from);
    if (answer === undefined) {
      answer = isDictionary(from);
      known.set(from, answer);
    }
    return answer;
  };
}
