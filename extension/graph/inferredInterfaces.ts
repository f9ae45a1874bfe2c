import { edgesBegin, edgesEnd, type HeapGraph, type NodeRow, nodeType } from "./heapGraph.ts";
import { createPairNumbers } from "./pairNumbers.ts";

/** What many plain objects have in common: the names of properties, `{name, size}`. */
export interface InferredInterfaces {
  /** The most popular first. */
  readonly names: readonly string[];
  isPlainObject(row: NodeRow): boolean;
  /** Of a plain object the number of the interface with most properties that it has, or -1. */
  interfaceOf(row: NodeRow): number;
}

// As in DevTools' HeapSnapshot.ts: a longer name ends before the property that makes it too long, and fewer
// objects than two, or than one of a thousand plain ones, make no interface.
const longestName = 120;
const fewestObjects = 2;
const plainObjectsPerInterface = 1000;

interface Definition {
  readonly name: string;
  /** Indexes of strings. */
  readonly properties: readonly number[];
}

/**
 * The interfaces by which Chrome DevTools tells plain objects apart (HeapSnapshot.ts, inferInterfaceDefinitions
 * and applyInterfaceDefinitions). There each object's name is put together as a string; here the names are
 * states of a tree whose transitions are properties, so that a million equal objects make one string.
 */
export function inferInterfaces(graph: HeapGraph): InferredInterfaces {
  const plainName = graph.stringIndex("Object");
  const { nodeName } = graph.columns.nodes;
  const isPlainObject = (row: NodeRow) =>
    nodeName[row] === plainName && nodeType(graph, row) === graph.types.node.object;
  const definitions = definitionsOf(graph, isPlainObject);
  return {
    names: definitions.map(({ name }) => name),
    isPlainObject,
    interfaceOf: createMatcher(graph, definitions),
  };
}

/** Calls `visit` for the name of each property, in the order of V8, until it returns false. */
function forEachProperty(
  graph: HeapGraph,
  row: NodeRow,
  visit: (nameIndex: number) => boolean,
): void {
  const { edgeType, edgeNameOrIndex } = graph.columns.edges;
  const { property } = graph.types.edge;
  const end = edgesEnd(graph, row);
  for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
    if (edgeType[edge] === property && !visit(edgeNameOrIndex[edge]!)) return;
  }
}

const tooLong = -1;

function definitionsOf(graph: HeapGraph, isPlainObject: (row: NodeRow) => boolean): Definition[] {
  const { strings } = graph.columns;
  const prototype = graph.stringIndex("__proto__");
  const transitions = createPairNumbers();
  const nextState: number[] = [];
  /** By state: the length of the name so far, in UTF-16 units. State 0 is `{`. */
  const nameLength = [1];
  /** By state: how many objects end there, and the first of them. */
  const objectCount = [0];
  const firstRow = [0];

  const next = (state: number, nameIndex: number): number => {
    const transition = transitions.numberOf(state, nameIndex);
    const known = nextState[transition];
    if (known !== undefined) return known;
    const before = nameLength[state]!;
    const property = formatProperty(strings.text(nameIndex));
    let to = state;
    if (before > 1 && before + property.length > longestName) to = tooLong;
    // A property without a name leaves the name as it is when it is the first.
    else if (before > 1 || property !== "") {
      to = nameLength.push(before + (before > 1 ? 2 : 0) + property.length) - 1;
      objectCount.push(0);
      firstRow.push(0);
    }
    nextState.push(to);
    return to;
  };

  let plainObjects = 0;
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    if (!isPlainObject(row)) continue;
    plainObjects++;
    let state = 0;
    let isEmpty = true;
    forEachProperty(graph, row, (nameIndex) => {
      if (nameIndex === prototype) return true;
      const to = next(state, nameIndex);
      if (to === tooLong) return false;
      state = to;
      isEmpty = false;
      return true;
    });
    if (isEmpty) continue;
    if (objectCount[state]!++ === 0) firstRow[state] = row;
  }

  const atLeast = Math.max(fewestObjects, plainObjects / plainObjectsPerInterface);
  return objectCount
    .flatMap((count, state) => (count >= atLeast ? [state] : []))
    .sort((a, b) => objectCount[b]! - objectCount[a]! || firstRow[a]! - firstRow[b]!)
    .map((state) => definitionOf(graph, firstRow[state]! as NodeRow, prototype));
}

function definitionOf(graph: HeapGraph, row: NodeRow, prototype: number): Definition {
  const properties: number[] = [];
  let name = "{";
  forEachProperty(graph, row, (nameIndex) => {
    if (nameIndex === prototype) return true;
    const property = formatProperty(graph.columns.strings.text(nameIndex));
    if (name.length > 1 && name.length + property.length > longestName) return false;
    name += name.length > 1 ? `, ${property}` : property;
    properties.push(nameIndex);
    return true;
  });
  return { name: `${name}}`, properties };
}

/** Quoted when it could be taken for a part of the name of the interface. */
function formatProperty(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name;
}

/** A set of properties that some interface begins with, in the order of their texts. */
interface PropertyTree {
  readonly next: Map<number, PropertyTree>;
  /** Number of the interface that has just these, or -1. */
  definition: number;
}

/** Objects with the same relevant properties get the same answer, so each set of them is looked for once. */
function createMatcher(
  graph: HeapGraph,
  definitions: readonly Definition[],
): (row: NodeRow) => number {
  const rankOf = rankByText(graph, definitions);
  const tree: PropertyTree = { next: new Map(), definition: -1 };
  for (const [number, { properties }] of definitions.entries()) {
    let at = tree;
    for (const rank of properties.map((nameIndex) => rankOf.get(nameIndex)!).sort(ascending)) {
      let to = at.next.get(rank);
      if (to === undefined) {
        to = { next: new Map(), definition: -1 };
        at.next.set(rank, to);
      }
      at = to;
    }
    // The same properties in another order: the more popular order is the first.
    if (at.definition === -1) at.definition = number;
  }

  const bestOf = (ranks: readonly number[]): number => {
    const reached = new Set([tree]);
    let best = -1;
    for (const rank of ranks) {
      for (const at of [...reached]) {
        const to = at.next.get(rank);
        if (to === undefined) continue;
        reached.add(to);
        if (isBetter(definitions, to.definition, best)) best = to.definition;
      }
    }
    return best;
  };

  const sequences = createPairNumbers();
  /** By the number of a sequence of ranks, which is one more than that of its last pair. */
  const bestOfSequence: (number | undefined)[] = [];
  const ranks: number[] = [];
  return (row) => {
    ranks.length = 0;
    forEachProperty(graph, row, (nameIndex) => {
      const rank = rankOf.get(nameIndex);
      if (rank !== undefined) ranks.push(rank);
      return true;
    });
    ranks.sort(ascending);
    let sequence = 0;
    for (const rank of ranks) sequence = sequences.numberOf(sequence, rank) + 1;
    let best = bestOfSequence[sequence];
    if (best === undefined) {
      best = bestOf(ranks);
      while (bestOfSequence.length <= sequence) bestOfSequence.push(undefined);
      bestOfSequence[sequence] = best;
    }
    return best;
  };
}

const ascending = (a: number, b: number) => a - b;

function isBetter(definitions: readonly Definition[], one: number, other: number): boolean {
  if (one === -1 || other === -1) return one !== -1;
  const more = definitions[one]!.properties.length - definitions[other]!.properties.length;
  return more > 0 || (more === 0 && one < other);
}

/** The place of each property of an interface among all of them, in the order of their texts. */
function rankByText(
  { columns: { strings } }: HeapGraph,
  definitions: readonly Definition[],
): ReadonlyMap<number, number> {
  const indexes = new Set(definitions.flatMap(({ properties }) => properties));
  const texts = [...indexes].map((index) => ({ index, text: strings.text(index) }));
  texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return new Map(texts.map(({ index }, rank) => [index, rank]));
}
