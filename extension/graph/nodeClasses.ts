import { detachedNodesOf } from "./detachedNodes.ts";
import { type HeapGraph, type NodeRow, nodeType } from "./heapGraph.ts";
import { inferInterfaces } from "./inferredInterfaces.ts";
import { createPairNumbers, type PairNumbers } from "./pairNumbers.ts";

/** Every node's class, by the names of Chrome DevTools' summary. */
export interface NodeClasses {
  readonly count: number;
  /** The number of each node's class. */
  readonly classOf: Uint32Array;
  /** By number. Several classes may have one name: constructors in different places. */
  readonly names: readonly string[];
  /** By number: where the constructor begins, as a row of `columns.locations`, or -1. */
  readonly locations: Int32Array;
}

const noLocation = -1;

/**
 * Gives each node its class as Chrome DevTools does (HeapSnapshot.ts, calculateObjectNames and classKeyInternal):
 * objects and native nodes have a name of their own, plain objects that of an inferred interface, and everything
 * else the name of its kind, such as `(string)` or `Function`. Objects whose constructor V8 knows the place of
 * are told apart by that as well. Equal names are one class, also when one is a kind's and the other an object's own,
 * of which DevTools shows the later one only.
 */
export function nodeClassesOf(graph: HeapGraph): NodeClasses {
  const { nodeName: nameIndexes, nodeType: types } = graph.columns.nodes;
  const { object, native } = graph.types.node;
  const isDetached = detachedNodesOf(graph);
  const interfaces = inferInterfaces(graph);
  const names = createClassNames(graph);
  const numberOfInterface = interfaces.names.map(names.numberOfText);
  const numberOfType = graph.columns.nodeTypes.map((name) => names.numberOfText(nameOfType(name)));
  const places = createPlaces(graph);
  const classes = createPairNumbers();
  const nameOfClass: number[] = [];
  const locationOfClass: number[] = [];

  const nameNumberOf = (row: NodeRow): number => {
    const type = types[row]!;
    if (type !== object && type !== native) return numberOfType[type]!;
    if (interfaces.isPlainObject(row)) {
      const number = interfaces.interfaceOf(row);
      if (number !== -1) return numberOfInterface[number]!;
    }
    return names.numberOf(nameIndexes[row]!, isDetached(row));
  };

  const classAt = (location: number, name: number): number => {
    const place = location === noLocation ? noLocation : places.numberOf(location);
    const number = classes.numberOf(place, name);
    if (number === nameOfClass.length) {
      nameOfClass.push(name);
      locationOfClass.push(location);
    }
    return number;
  };

  const classOf = new Uint32Array(graph.nodeCount);
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    const name = nameNumberOf(row);
    const location = nodeType(graph, row) === object ? graph.locationOf(row) : noLocation;
    classOf[row] = classAt(location, name);
  }
  return {
    count: classes.count,
    classOf,
    names: nameOfClass.map((number) => names.text(number)),
    locations: Int32Array.from(locationOfClass),
  };
}

/** Of a kind of nodes that have no names of their own. */
function nameOfType(type: string): string {
  switch (type) {
    case "hidden":
      return "(system)";
    case "code":
      return "(compiled code)";
    case "closure":
      return "Function";
    case "regexp":
      return "RegExp";
    default:
      return `(${type})`;
  }
}

interface ClassNames {
  /** Of a node that has this string for its name. */
  numberOf(nameIndex: number, isDetached: boolean): number;
  numberOfText(name: string): number;
  text(number: number): string;
}

/** Numbers the names of classes by their texts; each string of the snapshot is read once at most. */
function createClassNames({ columns: { strings } }: HeapGraph): ClassNames {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const ofIndex = new Int32Array(strings.count).fill(-1);
  const ofDetached = new Map<number, number>();

  const numberOfText = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = texts.push(name) - 1;
    numbers.set(name, number);
    return number;
  };

  const readDetached = (nameIndex: number): number => {
    const known = ofDetached.get(nameIndex);
    if (known !== undefined) return known;
    const number = numberOfText(withoutAttributes(`Detached ${strings.text(nameIndex)}`));
    ofDetached.set(nameIndex, number);
    return number;
  };

  return {
    numberOfText,
    numberOf(nameIndex, isDetached) {
      if (isDetached) return readDetached(nameIndex);
      if (ofIndex[nameIndex] === -1) {
        ofIndex[nameIndex] = numberOfText(withoutAttributes(strings.text(nameIndex)));
      }
      return ofIndex[nameIndex]!;
    },
    text: (number) => texts[number]!,
  };
}

/** All `<div class="row">` of a page are `<div>`. */
function withoutAttributes(name: string): string {
  const tagAt = name.startsWith("<") ? 0 : name.startsWith("Detached <") ? "Detached ".length : -1;
  const end = tagAt === -1 ? -1 : name.indexOf(" ", tagAt);
  return end === -1 ? name : `${name.slice(0, end)}>`;
}

/** Numbers places by script, line and column. */
function createPlaces({ columns: { locations } }: HeapGraph): {
  numberOf(location: number): number;
} {
  const lines: PairNumbers = createPairNumbers();
  const places: PairNumbers = createPairNumbers();
  return {
    numberOf(location) {
      const line = lines.numberOf(locations.scriptId[location]!, locations.line[location]!);
      return places.numberOf(line, locations.column[location]!);
    },
  };
}
