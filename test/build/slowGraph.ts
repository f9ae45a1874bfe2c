import fc from "fast-check";
import { type DrawnHeap, type DrawnNode, drawHeap } from "./heapDrawing.ts";

/** What DevTools says of a heap, computed from the drawing in the plainest way: slow and obviously right. */

const nodeTypes = ["hidden", "array", "object", "closure", "native", "synthetic"] as const;
const edgeTypes = ["property", "internal", "element", "hidden", "shortcut", "weak"] as const;

/** Graphs of all shapes: rings, what nothing holds, several edges between two nodes, with and without user roots. */
export const arbitraryGraph: fc.Arbitrary<DrawnHeap> = fc
  .record({
    nodes: fc.array(
      fc.record({ type: fc.constantFrom(...nodeTypes), selfSizeBytes: fc.nat(1000) }),
      { maxLength: 14 },
    ),
    edges: fc.array(
      fc.record({ from: fc.nat(), to: fc.nat(), type: fc.constantFrom(...edgeTypes) }),
      { maxLength: 40 },
    ),
  })
  .map(({ nodes, edges }) => {
    const heap = drawHeap();
    const drawn: DrawnNode[] = [heap.root, heap.globals];
    for (const { type, selfSizeBytes } of nodes) {
      drawn.push(heap.node(type, "node", { selfSizeBytes }));
    }
    const pick = (number: number) => drawn[number % drawn.length] ?? heap.root;
    for (const [index, { from, to, type }] of edges.entries()) {
      const nameOrIndex = type === "element" || type === "hidden" ? index : `edge${index}`;
      heap.edge(pick(from), type, nameOrIndex, pick(to));
    }
    return heap;
  });

type Pair = readonly [from: number, to: number];

const allEdges = ({ nodes }: DrawnHeap) =>
  nodes.flatMap(({ edges }, from) =>
    edges.map(({ type, nameOrIndex, to }) => ({ from, to: to.row, type, nameOrIndex })),
  );

/** Everything that these edges lead to from the starts, and the starts. */
function reached(starts: readonly number[], edges: readonly Pair[], without = -1): Set<number> {
  const found = new Set(starts.filter((start) => start !== without));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [from, to] of edges) if (found.has(from) && to !== without) found.add(to);
  }
  return found;
}

/** Of a heap without WeakMaps. */
export function slowEssentialEdges(heap: DrawnHeap): Pair[] {
  const edges = allEdges(heap);
  const strong = edges.flatMap(({ from, to, type }): Pair[] =>
    type === "weak" ? [] : [[from, to]],
  );
  const globals = edges.filter(({ from, type }) => from === 0 && type === "shortcut");
  const isUsers = reached(
    globals.map(({ to }) => to),
    strong,
  );
  return edges.flatMap(({ from, to, type }): Pair[] => {
    if (type === "weak" || from === to) return [];
    if (from !== 0 && (type === "shortcut" || (isUsers.has(to) && !isUsers.has(from)))) return [];
    return [[from, to]];
  });
}

export interface SlowDominators {
  readonly immediate: number[];
  /** For each row the rows that it dominates, itself among them. */
  readonly dominated: Set<number>[];
}

/** Dominators by removing one node at a time and looking what is not reached any more. */
export function slowDominators(heap: DrawnHeap): SlowDominators {
  const edges = slowEssentialEdges(heap);
  const rows = heap.nodes.map((_, row) => row);
  const starts = rows.filter((row) => row === 0 || !edges.some(([, to]) => to === row));
  const all = reached(starts, edges);
  const dominated = rows.map((row) => {
    if (row === 0) return new Set(rows);
    if (!all.has(row)) return new Set([row]);
    const rest = reached(starts, edges, row);
    return new Set([...all].filter((other) => !rest.has(other)));
  });
  const immediate = rows.map((row) => {
    // Of all dominators the nearest is the one that dominates the fewest.
    const dominators = rows.filter((other) => other !== row && dominated[other]?.has(row));
    dominators.sort((a, b) => (dominated[a]?.size ?? 0) - (dominated[b]?.size ?? 0));
    return dominators[0] ?? 0;
  });
  return { immediate, dominated };
}

/** Sizes after what only one object reaches over V8's own nodes became a part of that object. */
export function slowShallowSizes(heap: DrawnHeap): number[] {
  const edges = allEdges(heap).filter(({ type }) => type !== "weak");
  const typeOf = (row: number) => heap.nodes[row]?.type ?? "";
  const isInner = (row: number) => ["hidden", "array"].includes(typeOf(row));
  const sizes = heap.nodes.map(({ selfSizeBytes }) => selfSizeBytes);
  if (!allEdges(heap).some(({ from, to }) => from === 0 && typeOf(to) !== "synthetic")) {
    return sizes;
  }
  const intoInner = edges.filter(({ to }) => isInner(to));
  const result = [...sizes];
  for (const [row, size] of sizes.entries()) {
    if (!isInner(row)) continue;
    const owners = sizes
      .map((_, owner) => owner)
      .filter((owner) => !isInner(owner))
      .filter((owner) =>
        reached(
          [owner],
          intoInner.flatMap(({ from, to }): Pair[] =>
            from === owner || isInner(from) ? [[from, to]] : [],
          ),
        ).has(row),
      );
    const [owner] = owners;
    if (owners.length !== 1 || owner === undefined || typeOf(owner) === "synthetic") continue;
    result[owner] = (result[owner] ?? 0) + size;
    result[row] = (result[row] ?? 0) - size;
  }
  return result;
}

/** Distances by relaxing every edge until nothing changes; of a heap without WeakMaps. */
export function slowDistances(heap: DrawnHeap): number[] {
  const edges = allEdges(heap);
  const strong = edges.filter(({ type }) => type !== "weak");
  const distances = heap.nodes.map(() => Number.POSITIVE_INFINITY);
  const relax = (known: ReadonlySet<number>) => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const { from, to } of strong) {
        const next = (distances[from] ?? 0) + 1;
        if (known.has(to) || next >= (distances[to] ?? 0)) continue;
        distances[to] = next;
        changed = true;
      }
    }
  };
  const roots = edges.filter(({ from, to }) => from === 0 && heap.nodes[to]?.type !== "synthetic");
  for (const { to } of roots) distances[to] = 1;
  relax(new Set());
  const known = new Set(
    distances.flatMap((distance, row) => (Number.isFinite(distance) ? [row] : [])),
  );
  distances[0] = roots.length > 0 ? 100_000_000 : 0;
  // What the user's roots reach keeps its distance, and nothing goes on from there: all of it is known.
  relax(new Set([...known, 0]));
  return distances.map((distance) => (Number.isFinite(distance) ? distance : -5));
}
