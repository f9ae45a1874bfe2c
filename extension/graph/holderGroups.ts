import { createEntryTest } from "./dictionaries.ts";
import { type EdgeRow, type HeapGraph, type NodeRow, rootRow } from "./heapGraph.ts";
import type { NodeClasses } from "./nodeClasses.ts";
import { createPairNumbers } from "./pairNumbers.ts";
import { forEachRetainer } from "./retainers.ts";

/** Objects of one class that hold others by edges of one name. */
export interface HolderGroup {
  /** One of the edges. */
  readonly edge: EdgeRow;
  /** Whether others have another index, or another key of a dictionary. */
  readonly hasSeveralNames: boolean;
  readonly classNumber: number;
  /** The same number is the same class and name, in every answer of one `createHolderGroups`. */
  readonly kind: number;
  /** Who holds; ascending. */
  readonly holders: Uint32Array;
  /** How many are held by them. */
  readonly heldCount: number;
}

interface OpenGroup {
  readonly edge: EdgeRow;
  hasSeveralNames: boolean;
  readonly holders: NodeRow[];
  heldCount: number;
  lastHeld: number;
}

/** Who holds many objects. */
export interface Holders {
  /** Those that hold most objects first. */
  readonly groups: readonly HolderGroup[];
  /** Weak references to the objects, which keep nothing alive and are in no group. */
  readonly weakCount: number;
}

/**
 * Finds who holds any of some objects, the root of all roots left out, in groups by class and name; all elements are
 * one name, as are the entries of tables and of objects that are used as dictionaries.
 */
export type HolderGroups = (rows: Iterable<number>) => Holders;

export function createHolderGroups(graph: HeapGraph, { classOf }: NodeClasses): HolderGroups {
  const { edgeType, edgeNameOrIndex } = graph.columns.edges;
  const { weak, element, hidden, internal } = graph.types.edge;
  const { strings } = graph.columns;
  const names = createPairNumbers();
  const kinds = createPairNumbers();
  const isEntry = createEntryTest(graph);
  const anyIndex = -1;

  const kindOf = (edge: EdgeRow, holder: NodeRow): number => {
    const type = edgeType[edge]!;
    const name = edgeNameOrIndex[edge]!;
    const isIndex =
      type === element ||
      type === hidden ||
      (type === internal && strings.startsWithDigit(name)) ||
      isEntry(edge, holder);
    return kinds.numberOf(names.numberOf(type, isIndex ? anyIndex : name), classOf[holder]!);
  };

  return (rows) => {
    const groups = new Map<number, OpenGroup>();
    let weakCount = 0;
    for (const each of rows) {
      const row = each as NodeRow;
      forEachRetainer(graph, row, (edge, holder) => {
        if (edgeType[edge] === weak) weakCount++;
        if (edgeType[edge] === weak || holder === rootRow) return;
        const kind = kindOf(edge, holder);
        let group = groups.get(kind);
        if (group === undefined) {
          group = { edge, hasSeveralNames: false, holders: [], heldCount: 0, lastHeld: -1 };
          groups.set(kind, group);
        }
        group.hasSeveralNames ||= edgeNameOrIndex[edge] !== edgeNameOrIndex[group.edge];
        // One that holds many is met again and again.
        if (group.holders.at(-1) !== holder) group.holders.push(holder);
        if (group.lastHeld !== row) group.heldCount++;
        group.lastHeld = row;
      });
    }
    const sortedGroups = [...groups]
      .map(([kind, { edge, hasSeveralNames, holders, heldCount }]) => {
        const sorted = Uint32Array.from(holders).sort();
        return {
          edge,
          hasSeveralNames,
          kind,
          classNumber: classOf[sorted[0]!]!,
          holders: sorted.filter((holder, at) => at === 0 || holder !== sorted[at - 1]),
          heldCount,
        };
      })
      .sort((a, b) => b.heldCount - a.heldCount);
    return { groups: sortedGroups, weakCount };
  };
}
