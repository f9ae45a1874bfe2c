import type { Cell } from "./cellList.ts";
import { type EdgeRow, edgeSource, type HeapGraph, type NodeRow } from "./heapGraph.ts";
import { createMissedBytes } from "./missedBytes.ts";
import { createOwnPaths } from "./ownPaths.ts";
import { createPathShapes, createTreeShapes } from "./pathShapes.ts";
import type { Registry } from "./registries.ts";
import { type ReleasedEdges, releasedEdgesOf } from "./releasedEdges.ts";
import { strongWalk } from "./strongWalk.ts";

/** Why a registration's target is still alive. */
export type LiveCause = "held" | "self-retained" | "undecided";

/** Registrations of one registry whose targets are alive for the same cause, on paths of one shape. */
export interface LiveGroup {
  readonly cause: LiveCause;
  /** What closes the circle of a self-retained registration. */
  readonly through: "held value" | "cleanup callback" | null;
  readonly count: number;
  /** The target of each registration; one that was registered twice is here twice. */
  readonly targets: readonly NodeRow[];
  /**
   * One path of this shape. Held: from the root to the target. Self-retained: from a registration (its cell)
   * over its held value, or from a registry over its cleanup callback, to the target. Undecided: empty.
   */
  readonly path: readonly EdgeRow[];
  /** The registration whose target the path leads to. */
  readonly example: Cell;
  /** True for what is left behind the commonest shapes: `count` has several shapes, `path` one of them. */
  readonly other: boolean;
}

export interface RegistryLiveness {
  readonly registry: Registry;
  /** Held first, then self-retained, then undecided; of one cause the largest first. */
  readonly groups: readonly LiveGroup[];
}

export interface Liveness {
  /** One entry for each registry, in their order. */
  readonly registries: readonly RegistryLiveness[];
  /**
   * Bytes that these self-retained targets keep: they and all they hold, as far as no ordinary code reaches it. What
   * several targets share counts once.
   */
  selfRetainedBytes(targets: readonly NodeRow[]): number;
  /**
   * Bytes that the callbacks of these queued registrations set free: the registrations themselves, and their held
   * values with all that nothing but the queue holds.
   */
  queuedBytes(cells: Iterable<Cell>): number;
}

/** Groups that one cause gets in one registry. */
const maxGroups = 5;
/** A registration that pins its own target does it over a few objects as a rule. */
const ownPathNodes = 256;
/** Nodes to look at in all searches for own paths, so that a million registrations take seconds. */
const allOwnPathNodes = 1 << 25;
const registrationsBetweenCheckpoints = 1 << 12;

/**
 * Decides for each registration with a live target whether ordinary code holds it or the registration does so
 * itself. First a walk from the roots without any edge from a registration to its held value or from a
 * registry to its cleanup callback: what it reaches is held. Then the walk goes on from these edges: what
 * it reaches now is alive only because of registrations, whichever of them. Last from the held values of
 * the queue: those targets wait for a cleanup callback that is due, which holds them as ordinary code does.
 */
export function livenessOf(
  graph: HeapGraph,
  registries: readonly Registry[],
  checkpoint?: () => void,
): Liveness {
  const released = releasedEdgesOf(graph, registries);
  const walk = strongWalk(graph, {
    skipEdge: released.isReleased,
    ...(checkpoint && { checkpoint }),
  });
  const phase = new Uint8Array(graph.nodeCount);
  const markPhase = (number: number) => {
    for (let row = 0; row < phase.length; row++) {
      if (phase[row] === 0 && walk.distance[row] !== -1) phase[row] = number;
    }
  };
  markPhase(heldPhase);
  walk.continueFrom(registrationEdges());
  markPhase(selfPhase);
  walk.continueFrom(released.cells.map(released.heldValueEdge).filter(isEdge));
  markPhase(queuePhase);

  function* registrationEdges(): Generator<EdgeRow> {
    for (const { row, active } of registries) {
      const cleanup = released.cleanupEdge(row);
      if (isEdge(cleanup)) yield cleanup;
      for (const { row: cellRow, heldValue } of active) {
        if (heldValue === null) continue;
        const edge = released.heldValueEdge(cellRow);
        if (isEdge(edge)) yield edge;
      }
    }
  }

  const isSeed = (edge: EdgeRow) => released.isReleased(edge, edgeSource(graph, edge));
  const shapes = createPathShapes(graph);
  const treeShape = createTreeShapes(graph, shapes, walk.parentEdge, isSeed);
  const ownPaths = createOwnPaths(graph, released, (row) => phase[row] !== heldPhase);
  let ownBudget = allOwnPathNodes;
  let untilCheckpoint = registrationsBetweenCheckpoints;

  /** The path on which the walk came: from the root, or from the registration that it went on from. */
  const treePath = (target: NodeRow): EdgeRow[] => {
    const path: EdgeRow[] = [];
    let fromQueue = false;
    for (let row = target; ; ) {
      const edge = walk.parentEdge[row]!;
      if (edge === -1) break;
      path.push(edge as EdgeRow);
      row = edgeSource(graph, edge as EdgeRow);
      if (!isSeed(edge as EdgeRow)) continue;
      // A queued registration itself hangs on its registry: the whole way there belongs to the path.
      if (fromQueue || phase[target] !== queuePhase || phase[row] !== heldPhase) break;
      fromQueue = true;
    }
    return path.reverse();
  };

  const ownPath = (cell: Cell, registry: Registry): EdgeRow[] | null => {
    const target = cell.target as NodeRow;
    for (const start of [released.heldValueEdge(cell.row), released.cleanupEdge(registry.row)]) {
      if (!isEdge(start) || ownBudget <= 0) continue;
      ownBudget -= ownPathNodes;
      const path = ownPaths.find(start, target, ownPathNodes);
      if (path !== null) return path;
    }
    return null;
  };

  const byRegistry = registries.map((registry): RegistryLiveness => {
    const groups = new Map<string, OpenGroup>();
    const countIn = (key: string, target: NodeRow, make: () => OpenGroup) => {
      let group = groups.get(key);
      if (group === undefined) {
        group = make();
        groups.set(key, group);
      }
      group.count++;
      group.targets.push(target);
    };
    for (const cell of registry.active) {
      if (--untilCheckpoint === 0) {
        untilCheckpoint = registrationsBetweenCheckpoints;
        checkpoint?.();
      }
      const target = cell.target as NodeRow;
      const reachedIn = phase[target];
      if (reachedIn === 0) {
        countIn("undecided", target, () => openGroup("undecided", null, [], cell));
      } else if (reachedIn !== selfPhase) {
        countIn(`held ${reachedIn} ${treeShape(target)}`, target, () =>
          openGroup("held", null, treePath(target), cell),
        );
      } else {
        const path = ownPath(cell, registry) ?? treePath(target);
        const shape = path.reduce((before, edge) => shapes.append(before, edge), 0);
        const isCallback = released.cleanupEdge(edgeSource(graph, path[0]!)) === path[0];
        const through = isCallback ? "cleanup callback" : "held value";
        countIn(`${through} ${shape}`, target, () =>
          openGroup("self-retained", through, path, cell),
        );
      }
    }
    return { registry, groups: commonestGroups([...groups.values()]) };
  });
  return { registries: byRegistry, ...costsOf(graph, released, phase) };
}

/** In a scope of its own, so that what lives as long as its answer does not keep the walk's arrays. */
function costsOf(
  graph: HeapGraph,
  released: ReleasedEdges,
  phase: Uint8Array,
): Pick<Liveness, "selfRetainedBytes" | "queuedBytes"> {
  const missedBytes = createMissedBytes(graph, released);
  return {
    selfRetainedBytes: (targets) => missedBytes(targets, (row) => phase[row] === selfPhase),
    queuedBytes(cells) {
      const heldValues: NodeRow[] = [];
      let bytes = 0;
      for (const { row, heldValue } of cells) {
        bytes += graph.columns.nodes.nodeSelfSize[row]!;
        if (heldValue !== null) heldValues.push(heldValue);
      }
      return bytes + missedBytes(heldValues, (row) => phase[row] === queuePhase);
    },
  };
}

const heldPhase = 1;
const selfPhase = 2;
const queuePhase = 3;

interface OpenGroup extends LiveGroup {
  count: number;
  readonly targets: NodeRow[];
}

function openGroup(
  cause: LiveCause,
  through: LiveGroup["through"],
  path: readonly EdgeRow[],
  example: Cell,
): OpenGroup {
  return { cause, through, count: 0, targets: [], path, example, other: false };
}

function isEdge(edge: EdgeRow | -1): edge is EdgeRow {
  return edge !== -1;
}

const causes: readonly LiveCause[] = ["held", "self-retained", "undecided"];

function commonestGroups(groups: readonly LiveGroup[]): LiveGroup[] {
  return causes.flatMap((cause) => {
    const ofCause = groups.filter((group) => group.cause === cause);
    ofCause.sort((left, right) => right.count - left.count);
    if (ofCause.length <= maxGroups) return ofCause;
    const rest = ofCause.slice(maxGroups - 1);
    const targets = rest.flatMap((group) => group.targets);
    const count = targets.length;
    return [...ofCause.slice(0, maxGroups - 1), { ...rest[0]!, count, targets, other: true }];
  });
}
