import type { DrawnNode, DrawnPlace, HeapDrawing } from "./heapDrawing.ts";

/** What a `register` call was given; without a target it is collected already. */
export interface DrawnRegistration {
  readonly target?: DrawnNode | undefined;
  /** Left out for undefined and for other values that have no place in the heap. */
  readonly heldValue?: DrawnNode | undefined;
  readonly token?: DrawnNode | undefined;
}

/**
 * Versions whose cells number their hidden edges in the same way: 20 to 24, and 26. With `exposeInternals`
 * Node 26 gives V8's own objects another type.
 */
export type CellLayout = "Node 20" | "Node 26" | "Node 26 with internals";

export const cellLayouts: readonly CellLayout[] = ["Node 20", "Node 26", "Node 26 with internals"];

/** A realm of V8: registries and functions are made in it. */
export interface DrawnRealm {
  readonly nativeContext: DrawnNode;
  /** A function of a script, usable as a cleanup callback. */
  readonly callback: (
    name: string,
    scriptName: string,
    place?: Partial<DrawnPlace>,
    variables?: Readonly<Record<string, DrawnNode>>,
  ) => DrawnNode;
  /** A registry that can't be collected, with the objects that `register` makes. */
  readonly registry: (
    callback: DrawnNode,
    registrations?: readonly DrawnRegistration[],
    className?: string,
  ) => DrawnRegistry;
}

export interface DrawnRegistry {
  readonly node: DrawnNode;
  /** In the order of the registrations. */
  readonly cells: readonly DrawnNode[];
}

/** Draws registries exactly as V8 shows them, edge by edge: taken from snapshots of all four versions. */
export function drawRealm(heap: HeapDrawing, layout: CellLayout): DrawnRealm {
  const engineType = layout === "Node 26 with internals" ? "native" : "hidden";
  const nativeContext = heap.node(engineType, "system / NativeContext / file:///app");
  heap.edge(heap.root, "element", 1, nativeContext);
  const scriptEdge = layout === "Node 20" ? "script_or_debug_info" : "script";
  const scripts = new Map<string, DrawnNode>();

  const callback: DrawnRealm["callback"] = (name, scriptName, place = {}, variables) => {
    const script = scripts.get(scriptName) ?? heap.script(scriptName);
    scripts.set(scriptName, script);
    const scriptId = [...scripts.keys()].indexOf(scriptName) + 1;
    return heap.closure(name, script, {
      place: { scriptId, line: 0, column: 0, ...place },
      scriptEdge,
      ...(variables && { scope: heap.scope(variables) }),
    });
  };

  const registry: DrawnRealm["registry"] = (
    closure,
    registrations = [],
    className = "FinalizationRegistry",
  ) => {
    const node = heap.object(className);
    heap.hold(`registry${node.row}`, node);
    const cells = registrations.map(() => heap.node(engineType, "system / WeakCell"));
    const isActive = registrations.map(({ target }) => target !== undefined);
    heap.edge(node, "hidden", 2, nativeContext);
    heap.edge(node, "hidden", 3, closure);
    const active = cells.filter((_, at) => isActive[at]);
    const cleared = cells.filter((_, at) => !isActive[at]);
    // A new cell goes to the head of its list.
    for (const [slot, list] of [active, cleared].entries()) {
      const head = list.at(-1);
      if (head) heap.edge(node, "hidden", 4 + slot, head);
    }
    const lists = [...linkedList(active), ...linkedList(cleared)];
    const keyLists = drawKeyMap(heap, node, registrations, cells);
    for (const [at, registration] of registrations.entries()) {
      const cell = cells[at] as DrawnNode;
      drawCell(heap, layout, {
        ...registration,
        cell,
        registry: node,
        list: lists.find((links) => links.cell === cell),
        keyList: keyLists.find((links) => links.cell === cell),
      });
    }
    return { node, cells };
  };

  return { nativeContext, callback, registry };
}

interface Links {
  readonly cell: DrawnNode;
  readonly previous: DrawnNode | undefined;
  readonly next: DrawnNode | undefined;
}

/** Newest first: the next one of a cell is older. */
const linkedList = (cells: readonly DrawnNode[]): Links[] =>
  cells.map((cell, at) => ({ cell, previous: cells[at + 1], next: cells[at - 1] }));

/** One table for the registry; cells with the same token hang on each other whether live or not. */
function drawKeyMap(
  heap: HeapDrawing,
  registry: DrawnNode,
  registrations: readonly DrawnRegistration[],
  cells: readonly DrawnNode[],
): Links[] {
  const byToken = new Map<DrawnNode, DrawnNode[]>();
  for (const [at, { token }] of registrations.entries()) {
    if (!token) continue;
    const cell = cells[at] as DrawnNode;
    byToken.set(token, [...(byToken.get(token) ?? []), cell]);
  }
  if (byToken.size === 0) return [];
  const table = heap.node("array", "");
  heap.edge(registry, "hidden", 6, table);
  let slot = 4;
  const links: Links[] = [];
  for (const list of byToken.values()) {
    heap.edge(table, "internal", String(slot), list.at(-1) as DrawnNode);
    links.push(...linkedList(list));
    slot += 2;
  }
  return links;
}

/**
 * The fields of a cell in V8's order. Fields that have a named edge of their own (target, token) take no
 * number, which shifts those behind them; Node 26 has the held value before them.
 */
function drawCell(
  heap: HeapDrawing,
  layout: CellLayout,
  { cell, registry, target, heldValue, token, list, keyList }: CellFields,
): void {
  const weakFields = Number(target !== undefined) + Number(token !== undefined);
  if (target) heap.edge(cell, "weak", "target", target);
  if (token) heap.edge(cell, "weak", "unregister_token", token);
  heap.edge(cell, "internal", "map", heap.root);
  const links = 4 - weakFields;
  const heldAt = layout === "Node 20" ? 3 - weakFields : 1;
  const numbered: readonly (readonly [number, DrawnNode | undefined])[] = [
    [0, registry],
    [heldAt, heldValue],
    [links, list?.previous],
    [links + 1, list?.next],
    [links + 2, keyList?.previous],
    [links + 3, keyList?.next],
  ];
  for (const [index, to] of numbered) {
    if (to) heap.edge(cell, "hidden", index, to);
  }
}

interface CellFields extends DrawnRegistration {
  readonly cell: DrawnNode;
  readonly registry: DrawnNode;
  readonly list: Links | undefined;
  readonly keyList: Links | undefined;
}
