import { systemDistance } from "./distances.ts";
import {
  type EdgeRow,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  type HeapGraph,
  type NodeRow,
  nodeType,
  rootRow,
} from "./heapGraph.ts";
import { nodeWords } from "./heapWords.ts";
import type { Registry } from "./registries.ts";
import { releasedEdgesOf } from "./releasedEdges.ts";
import { type StrongWalk, strongWalk, type WalkOptions } from "./strongWalk.ts";

/** A walk over what keeps objects alive, for paths that are shown. */
export interface HoldingWalk {
  readonly walk: StrongWalk;
  /** What the walk left out altogether. */
  readonly skipEdge: NonNullable<WalkOptions["skipEdge"]>;
}

/**
 * Walks from the roots over every edge that keeps its target alive; registrations hold their values, while Node's
 * lists of its own objects hold nothing. Roots that mean something to a developer come first (global objects, the stack,
 * native handles, microtasks): only what these don't reach hangs on V8's other ones, at distances beyond
 * `systemDistance`. For the target of a new WeakRef V8 has such a root until the job ends, and that is no
 * answer to who holds it.
 */
export function holdingWalkOf(
  graph: HeapGraph,
  registries: readonly Registry[],
  checkpoint?: () => void,
): HoldingWalk {
  const { isBookkeeping } = releasedEdgesOf(graph, registries);
  const ownRoots = rootsOfV8(graph);
  const toOwnRoots: EdgeRow[] = [];
  const walk = strongWalk(graph, {
    ...(checkpoint && { checkpoint }),
    skipEdge(edge, from) {
      if (isBookkeeping(edge, from)) return true;
      if (!ownRoots.has(edgeTarget(graph, edge))) return false;
      toOwnRoots.push(edge);
      return true;
    },
  });
  const { distance } = walk;
  const known = distance.slice();
  walk.continueFrom(toOwnRoots);
  for (let row = 0; row < distance.length; row++) {
    if (known[row] === -1 && distance[row] !== -1) distance[row]! += systemDistance;
  }
  return { walk, skipEdge: isBookkeeping };
}

/** Kinds of roots without a word for a developer: all that V8 made up, and that leads to no other such one. */
function rootsOfV8(graph: HeapGraph): ReadonlySet<NodeRow> {
  const { synthetic } = graph.types.node;
  const roots = new Set<NodeRow>();
  for (let row = 1 as NodeRow; row < graph.nodeCount; row++) {
    if (nodeType(graph, row) !== synthetic || nodeWords(graph, row) !== "(root)") continue;
    const end = edgesEnd(graph, row);
    let edge = edgesBegin(graph, row);
    while (edge < end && nodeType(graph, edgeTarget(graph, edge)) !== synthetic) edge++;
    if (edge === end) roots.add(row);
  }
  roots.delete(rootRow);
  return roots;
}
