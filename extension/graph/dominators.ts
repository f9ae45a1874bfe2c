import { type EssentialEdges, essentialEdgesOf } from "./essentialEdges.ts";
import { edgesBegin, edgesEnd, type HeapGraph, type NodeRow, rootRow } from "./heapGraph.ts";

/** Who dominates whom: every way from the root to a node leads through its dominators. */
export interface Dominators {
  /** The row of each node's immediate dominator. The root's is the root. */
  readonly immediate: Uint32Array;
  /** All rows in an order in which a node stands behind its dominators; the root is first. */
  readonly order: Uint32Array;
}

export interface DominatorOptions {
  readonly essential?: EssentialEdges;
  /** Called every few thousand nodes; may throw to cancel. */
  readonly checkpoint?: () => void;
}

const nodesBetweenCheckpoints = 1 << 16;

/**
 * Immediate dominators over the essential edges by semi-NCA (Loukas Georgiadis, "Linear-Time Algorithms for
 * Dominators and Related Problems", PhD thesis, Princeton 2005, section 2.4). What Chrome DevTools computes with
 * Lengauer and Tarjan's algorithm is the same tree, since there is only one. As there, a node to which no
 * essential edge leads hangs on the root; so does each node that is not reached even then, in rings that nothing
 * holds, and what such a node leads to is not dominated less for it.
 */
export function dominatorsOf(graph: HeapGraph, options: DominatorOptions = {}): Dominators {
  const essential = options.essential ?? essentialEdgesOf(graph);
  const checkpoint = options.checkpoint ?? (() => {});
  const { nodeCount } = graph;
  const tree = depthFirst(graph, essential.bits, checkpoint);
  const { numberOf, parent, reachedCount } = tree;
  // The walk's arrays are used again and again: memory is what a large heap is short of.
  const semi = tree.stack;
  const { first, source } = predecessorsOf(graph, essential.bits, tree, semi);

  // From here on a node is its number in the depth-first order. `label` is the smallest semidominator on the
  // way to `ancestor`, which compression moves towards the root.
  const label = tree.nextEdge;
  const ancestor = tree.order;
  ancestor.set(parent);
  for (let node = 0; node < reachedCount; node++) label[node] = node;
  let path = new Uint32Array(1 << 10);

  let untilCheckpoint = nodesBetweenCheckpoints;
  for (let node = reachedCount - 1; node > 0; node--) {
    if (--untilCheckpoint === 0) {
      untilCheckpoint = nodesBetweenCheckpoints;
      checkpoint();
    }
    let smallest = semi[node]!;
    const end = first[node + 1]!;
    for (let at = first[node]!; at < end; at++) {
      const from = source[at]!;
      // Everything above `node` is linked; gather the way up to it and compress it from the top.
      let height = 0;
      let up = from;
      while (ancestor[up]! > node) {
        if (height === path.length) path = doubled(path);
        path[height++] = up;
        up = ancestor[up]!;
      }
      while (height > 0) {
        const below = path[--height]!;
        const above = ancestor[below]!;
        if (label[above]! < label[below]!) label[below] = label[above]!;
        ancestor[below] = ancestor[above]!;
      }
      if (label[from]! < smallest) smallest = label[from]!;
    }
    semi[node] = smallest;
    label[node] = smallest;
  }

  // The immediate dominator is the nearest common ancestor of the parent and the semidominator.
  const dominator = parent;
  for (let node = 1; node < reachedCount; node++) {
    let candidate = dominator[node]!;
    const limit = semi[node]!;
    while (candidate > limit) candidate = dominator[candidate]!;
    dominator[node] = candidate;
  }
  const order = orderOf(numberOf, reachedCount, label);
  const immediate = semi;
  for (let node = 0; node < reachedCount; node++) {
    immediate[order[node]!] = order[dominator[node]!]!;
  }
  for (let node = reachedCount; node < nodeCount; node++) immediate[order[node]!] = rootRow;
  return { immediate, order };
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Fills `order` with the rows by number; behind them come those that have none. */
function orderOf(numberOf: Uint32Array, reachedCount: number, order: Uint32Array): Uint32Array {
  let behind = reachedCount;
  for (let row = 0; row < numberOf.length; row++) {
    const number = numberOf[row]!;
    order[number === unnumbered ? behind++ : number] = row;
  }
  return order;
}

interface DepthFirstTree {
  /** Rows by number. */
  readonly order: Uint32Array;
  /** Each row's number, or `unnumbered`. */
  readonly numberOf: Uint32Array;
  /** By number: the number of the node from which it was reached. */
  readonly parent: Uint32Array;
  readonly reachedCount: number;
  /** Numbers on the way from the start; done with. */
  readonly stack: Uint32Array;
  /** The edge of each of them to go on with; done with. */
  readonly nextEdge: Uint32Array;
}

const unnumbered = 0xffff_ffff;

function depthFirst(graph: HeapGraph, bits: Uint8Array, checkpoint: () => void): DepthFirstTree {
  const { nodeCount } = graph;
  const { firstEdge } = graph.columns.nodes;
  const { edgeTarget } = graph.columns.edges;
  const order = new Uint32Array(nodeCount);
  const numberOf = new Uint32Array(nodeCount).fill(unnumbered);
  const parent = new Uint32Array(nodeCount);
  const stack = new Uint32Array(nodeCount);
  const nextEdge = new Uint32Array(nodeCount);
  let count = 0;
  let untilCheckpoint = nodesBetweenCheckpoints;

  const walkFrom = (start: number) => {
    let height = 0;
    const enter = (row: number, from: number) => {
      numberOf[row] = count;
      order[count] = row;
      parent[count] = from;
      stack[height] = count++;
      nextEdge[height++] = firstEdge[row]!;
    };
    enter(start, 0);
    while (height > 0) {
      const number = stack[height - 1]!;
      const end = firstEdge[order[number]! + 1]!;
      let edge = nextEdge[height - 1]!;
      for (; edge < end; edge++) {
        if ((bits[edge >>> 3]! & (1 << (edge & 7))) === 0) continue;
        if (numberOf[edgeTarget[edge]!] === unnumbered) break;
      }
      if (edge === end) {
        height--;
        continue;
      }
      nextEdge[height - 1] = edge + 1;
      enter(edgeTarget[edge]!, number);
      if (--untilCheckpoint === 0) {
        untilCheckpoint = nodesBetweenCheckpoints;
        checkpoint();
      }
    }
  };

  walkFrom(rootRow);
  if (count < nodeCount) {
    const isHeld = new Uint8Array(nodeCount);
    for (let edge = 0; edge < graph.columns.edges.count; edge++) {
      if ((bits[edge >>> 3]! & (1 << (edge & 7))) !== 0) isHeld[edgeTarget[edge]!] = 1;
    }
    for (let row = 0; row < nodeCount; row++) {
      if (numberOf[row] === unnumbered && isHeld[row] === 0) walkFrom(row);
    }
  }
  return { order, numberOf, parent, reachedCount: count, stack, nextEdge };
}

interface Predecessors {
  /** By number: its first place in `source`; one entry more than there are numbers. */
  readonly first: Uint32Array;
  /** Numbers of the predecessors that are larger than the node's own. */
  readonly source: Uint32Array;
}

/**
 * A counting sort of the essential edges between reached nodes, by the number of their target. Of a node's
 * predecessors with a smaller number, which are its ancestors, only the smallest counts: it goes to `smallest`.
 */
function predecessorsOf(
  graph: HeapGraph,
  bits: Uint8Array,
  { order, numberOf, parent, reachedCount }: DepthFirstTree,
  smallest: Uint32Array,
): Predecessors {
  const { edgeTarget } = graph.columns.edges;
  const first = new Uint32Array(reachedCount + 1);
  const forEach = (visit: (target: number, from: number) => void) => {
    for (let from = 0; from < reachedCount; from++) {
      const row = order[from]! as NodeRow;
      const end = edgesEnd(graph, row);
      for (let edge: number = edgesBegin(graph, row); edge < end; edge++) {
        if ((bits[edge >>> 3]! & (1 << (edge & 7))) === 0) continue;
        visit(numberOf[edgeTarget[edge]!]!, from);
      }
    }
  };
  smallest.set(parent);
  forEach((target, from) => {
    if (from > target) first[target]!++;
    else if (from < smallest[target]!) smallest[target] = from;
  });
  let sum = 0;
  for (let node = 0; node <= reachedCount; node++) {
    sum += first[node]!;
    first[node] = sum;
  }
  const source = new Uint32Array(sum);
  forEach((target, from) => {
    if (from < target) return;
    const place = first[target]! - 1;
    first[target] = place;
    source[place] = from;
  });
  return { first, source };
}
