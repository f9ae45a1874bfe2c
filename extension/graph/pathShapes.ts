import { createEntryTest } from "./dictionaries.ts";
import {
  type EdgeRow,
  edgeNameOrIndex,
  edgeSource,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";

/** Numbers the shapes of paths: two paths have the same number when their edges have the same names. */
export interface PathShapes {
  /** Number of the path that goes on from a path of shape `before` over this edge; 0 is the empty path. */
  append(before: number, edge: EdgeRow): number;
}

/**
 * Elements count as equal whatever their index, and so do the entries of an object that is used as a dictionary, and a
 * chain of one name, however long: otherwise each item of an array, dictionary or linked list would have a shape of
 * its own.
 */
export function createPathShapes(graph: HeapGraph): PathShapes {
  const numbers = new Map<string, number>();
  const lastNames: string[] = [""];
  const keys = new Map<number, string>();
  const isEntry = createEntryTest(graph);

  const keyOf = (edge: EdgeRow): string => {
    const type = edgeType(graph, edge);
    const { element, hidden, internal, property } = graph.types.edge;
    if (type === element || type === hidden) return `${type}[]`;
    if (type === property && isEntry(edge, edgeSource(graph, edge))) return `${type}[]`;
    const name = edgeNameOrIndex(graph, edge);
    // Entries of V8's tables are internal edges named by a number, or by a number and object ids.
    if (type === internal) {
      let key = keys.get(name);
      if (key === undefined) {
        key = graph.columns.strings.startsWithDigit(name) ? `${type}[]` : `${type}:${name}`;
        keys.set(name, key);
      }
      return key;
    }
    return `${type}:${name}`;
  };

  return {
    append(before, edge) {
      const key = keyOf(edge);
      if (lastNames[before] === key) return before;
      const whole = `${before} ${key}`;
      let number = numbers.get(whole);
      if (number === undefined) {
        number = lastNames.length;
        lastNames.push(key);
        numbers.set(whole, number);
      }
      return number;
    },
  };
}

/** The shape of the path on which a walk came to a row; remembered for all rows on the way. */
export function createTreeShapes(
  graph: HeapGraph,
  shapes: PathShapes,
  parentEdge: Int32Array,
  endsPath: (edge: EdgeRow) => boolean,
): (row: NodeRow) => number {
  /** 0 where it isn't known yet; the shape's number + 1 otherwise. */
  const known = new Int32Array(graph.nodeCount);
  const climbed: NodeRow[] = [];
  return (row) => {
    let at = row;
    let shape = 0;
    climbed.length = 0;
    for (;;) {
      if (known[at] !== 0) {
        shape = known[at]! - 1;
        break;
      }
      const edge = parentEdge[at]!;
      if (edge === -1) break;
      climbed.push(at);
      if (endsPath(edge as EdgeRow)) break;
      at = edgeSource(graph, edge as EdgeRow);
    }
    for (let node = climbed.pop(); node !== undefined; node = climbed.pop()) {
      shape = shapes.append(shape, parentEdge[node]! as EdgeRow);
      known[node] = shape + 1;
    }
    return shape;
  };
}
