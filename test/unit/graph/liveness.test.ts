import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgeTarget } from "../../../extension/graph/heapGraph.ts";
import { livenessOf } from "../../../extension/graph/liveness.ts";
import { registriesOf } from "../../../extension/graph/registries.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import {
  type CellLayout,
  cellLayouts,
  type DrawnRealm,
  drawRealm,
} from "../../build/registrationDrawing.ts";

function draw(layout: CellLayout = "Node 26") {
  const heap = drawHeap();
  const realm = drawRealm(heap, layout);
  const free = (variables?: Readonly<Record<string, DrawnNode>>) =>
    realm.callback("free", "/app/a.js", {}, variables);
  return { heap, realm, free };
}

/** The groups of each registry, shortened: `[cause, through, count, rows along the path]`. */
function groupsIn(heap: HeapDrawing) {
  const graph = readGraph(heap);
  return livenessOf(graph, registriesOf(graph)).registries.map(({ groups }) =>
    groups.map(({ cause, through, count, path }) => [
      cause,
      through,
      count,
      path.map((edge) => Number(edgeTarget(graph, edge))),
    ]),
  );
}

describe.each(cellLayouts)("registrations of %s", (layout) => {
  test("a target that ordinary code holds is held, on the shortest path from the root", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    const cache = heap.object("Cache", { newest: target });
    heap.hold("far", heap.object("Far", { cache }));
    heap.hold("cache", cache);
    realm.registry(free(), [{ target, heldValue: heap.object("Handle") }]);
    expect(groupsIn(heap)).toEqual([
      [["held", null, 1, [heap.globals.row, cache.row, target.row]]],
    ]);
  });

  test("a target that its held value reaches is self-retained through it", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    const scope = heap.scope({ row: target });
    const heldValue = heap.node("closure", "release");
    heap.edge(heldValue, "internal", "context", scope);
    realm.registry(free(), [{ target, heldValue }]);
    expect(groupsIn(heap)).toEqual([
      [["self-retained", "held value", 1, [heldValue.row, scope.row, target.row]]],
    ]);
  });

  test("a target that the cleanup callback reaches is self-retained through it", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    const callback = free({ row: target });
    realm.registry(callback, [{ target, heldValue: heap.object("Handle") }]);
    const [[group] = []] = groupsIn(heap);
    expect(group?.slice(0, 3)).toEqual(["self-retained", "cleanup callback", 1]);
    expect(group?.[3]).toEqual([callback.row, expect.any(Number), target.row]);
  });

  test("a target that is both held and reached by its held value is held", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    heap.hold("row", target);
    realm.registry(free(), [{ target, heldValue: target }]);
    expect(groupsIn(heap)).toEqual([[["held", null, 1, [heap.globals.row, target.row]]]]);
  });

  test("registrations that hold each other's targets, across registries, are self-retained", () => {
    const { heap, realm, free } = draw(layout);
    const [a, b] = [heap.object("A"), heap.object("B")];
    realm.registry(free(), [{ target: a, heldValue: b }]);
    realm.registry(free(), [{ target: b, heldValue: a }]);
    const causes = groupsIn(heap).map((groups) => groups.map(([cause, , count]) => [cause, count]));
    expect(causes).toEqual([[["self-retained", 1]], [["self-retained", 1]]]);
  });

  test("a target that hangs on another registration's held value is alive because of registrations", () => {
    const { heap, realm, free } = draw(layout);
    const below = heap.object("Below");
    const pinned = heap.object("Pinned", { below });
    realm.registry(free(), [{ target: pinned, heldValue: pinned }]);
    realm.registry(free(), [{ target: below }]);
    expect(groupsIn(heap).map(([group]) => group?.slice(0, 3))).toEqual([
      ["self-retained", "held value", 1],
      ["self-retained", "held value", 1],
    ]);
  });

  test("a target that only a queued registration holds waits for that callback: it is held", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    realm.registry(free(), [{ heldValue: heap.object("Handle", { target }) }]);
    realm.registry(free(), [{ target }]);
    expect(groupsIn(heap)[1]?.map((group) => group.slice(0, 3))).toEqual([["held", null, 1]]);
  });

  test("a target that nothing in the snapshot reaches is undecided", () => {
    const { heap, realm, free } = draw(layout);
    const target = heap.object("Row");
    heap.edge(heap.globals, "weak", "target", target);
    realm.registry(free(), [{ target, token: target }]);
    expect(groupsIn(heap)).toEqual([[["undecided", null, 1, []]]]);
  });

  test("an empty registry, and one with only queued registrations, have no groups", () => {
    const { realm, heap, free } = draw(layout);
    realm.registry(free());
    realm.registry(free(), [{}, {}]);
    expect(groupsIn(heap)).toEqual([[], []]);
  });
});

test("a WeakMap that only the held value holds keeps its values for the registration alone", () => {
  const { heap, realm, free } = draw();
  const table = heap.node("array", "(WeakMap)");
  const map = heap.object("WeakMap");
  heap.edge(map, "internal", "table", table);
  const key = heap.object("Key");
  heap.hold("key", key);
  const target = heap.object("Row");
  const name = `2 / part of key (Key @${key.objectId}) -> value (Row @${target.objectId}) pair in WeakMap (table @${table.objectId})`;
  heap.edge(table, "internal", name, target);
  heap.edge(key, "internal", name, target);
  realm.registry(free(), [{ target, heldValue: map }]);
  expect(groupsIn(heap)).toEqual([
    [["self-retained", "held value", 1, [map.row, table.row, target.row]]],
  ]);
});

test.each(["Node / CleanupQueue", "Node / BaseObjectList"])(
  "%s only lists native objects: it keeps none of them",
  (listName) => {
    const { heap, realm, free } = draw();
    const environment = heap.node("native", "Node / Environment");
    heap.edge(heap.root, "element", 3, environment);
    const list = heap.node("native", listName);
    heap.edge(environment, "internal", "list", list);
    const drawWrapped = (index: number) => {
      const wrapper = heap.node("native", "Node / Hash");
      const target = heap.object("Hash");
      heap.edge(list, "element", index, wrapper);
      heap.edge(wrapper, "internal", "native_to_javascript", target);
      heap.edge(target, "internal", "javascript_to_native", wrapper);
      return { wrapper, target };
    };
    const dropped = drawWrapped(1);
    const strong = drawWrapped(2);
    heap.edge(heap.root, "element", 4, strong.wrapper);
    realm.registry(free(), [
      { target: dropped.target, heldValue: dropped.target },
      { target: strong.target },
    ]);
    expect(groupsIn(heap)[0]?.map((group) => group.slice(0, 3))).toEqual([
      ["held", null, 1],
      ["self-retained", "held value", 1],
    ]);
  },
);

test("targets on paths of the same names are one group, whatever their places in an array", () => {
  const { heap, realm, free } = draw();
  const elements = heap.node("array", "(object elements)");
  const list = heap.object("Array");
  heap.edge(list, "internal", "elements", elements);
  heap.hold("rows", list);
  const rows = Array.from({ length: 50 }, (_, index) => {
    const target = heap.object("Row");
    heap.edge(list, "element", index, target);
    return { target };
  });
  const latest = heap.object("Row");
  heap.hold("latest", latest);
  realm.registry(free(), [...rows, { target: latest }]);
  expect(groupsIn(heap)[0]?.map(([cause, , count]) => [cause, count])).toEqual([
    ["held", 50],
    ["held", 1],
  ]);
});

test("very many shapes become a few groups, and no registration is lost", () => {
  const { heap, realm, free } = draw();
  const registrations = Array.from({ length: 300 }, (_, at) => {
    const target = heap.object("Row");
    heap.hold(`row${at}`, target);
    return { target };
  });
  realm.registry(free(), registrations);
  const graph = readGraph(heap);
  const [liveness] = livenessOf(graph, registriesOf(graph)).registries;
  expect(liveness?.groups.length).toBeLessThan(10);
  expect(liveness?.groups.filter(({ other }) => other)).toHaveLength(1);
  expect(liveness?.groups.reduce((sum, { count }) => sum + count, 0)).toBe(300);
});

test("deciding can be stopped at a checkpoint", () => {
  const { heap, realm, free } = draw();
  const target = heap.object("Row");
  heap.hold("row", target);
  realm.registry(
    free(),
    Array.from({ length: 10_000 }, () => ({ target })),
  );
  const graph = readGraph(heap);
  const stop = new Error("stopped");
  const checkpoint = () => {
    throw stop;
  };
  expect(() => livenessOf(graph, registriesOf(graph), checkpoint)).toThrow(stop);
});

interface RandomHeap {
  readonly heap: HeapDrawing;
  /** For each registry its live registrations' targets. */
  readonly targets: readonly (readonly DrawnNode[])[];
  /** Row → rows, registration edges (held value, cleanup callback) left out. */
  readonly ordinary: ReadonlyMap<number, readonly number[]>;
  /** Where the walk goes on from: held values of live registrations, and cleanup callbacks. */
  readonly ofRegistrations: readonly number[];
  /** Held values of queued registrations. */
  readonly ofQueue: readonly number[];
}

const anyRegistration = fc.record({
  target: fc.option(fc.nat(9), { nil: undefined }),
  heldValue: fc.option(fc.nat(9), { nil: undefined }),
  token: fc.option(fc.nat(9), { nil: undefined }),
});

const randomHeap: fc.Arbitrary<RandomHeap> = fc
  .record({
    layout: fc.constantFrom(...cellLayouts),
    edges: fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 14 }),
    held: fc.array(fc.nat(9), { maxLength: 2 }),
    registries: fc.array(
      fc.record({
        captured: fc.array(fc.nat(9), { maxLength: 2 }),
        registrations: fc.array(anyRegistration, { maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ layout, edges, held, registries }) => {
    const { heap, realm } = draw(layout);
    const objects = Array.from({ length: 10 }, (_, at) => heap.object(`Class${at}`));
    const object = (at: number) => objects[at] ?? heap.globals;
    for (const [from, to] of edges) heap.edge(object(from), "property", "p", object(to));
    for (const at of held) heap.hold(`held${at}`, object(at));
    const drawn = registries.map(({ captured, registrations }) => {
      const given = registrations.map(({ target, heldValue, token }) => ({
        target: target === undefined ? undefined : object(target),
        heldValue: heldValue === undefined ? undefined : object(heldValue),
        token: token === undefined ? undefined : object(token),
      }));
      const callback = drawCallback(realm, captured.map(object));
      realm.registry(callback, given);
      return { callback, given };
    });
    return {
      heap,
      targets: drawn.map(({ given }) => given.flatMap(({ target }) => target ?? [])),
      ordinary: ordinaryEdges(heap),
      ofRegistrations: drawn.flatMap(({ callback, given }) => [
        callback.row,
        ...given.flatMap(({ target, heldValue }) => (target && heldValue ? heldValue.row : [])),
      ]),
      ofQueue: drawn.flatMap(({ given }) =>
        given.flatMap(({ target, heldValue }) => (!target && heldValue ? heldValue.row : [])),
      ),
    };
  });

const drawCallback = (realm: DrawnRealm, captured: readonly DrawnNode[]) =>
  realm.callback(
    "free",
    "/app/a.js",
    {},
    Object.fromEntries(captured.map((node, at) => [`v${at}`, node])),
  );

/** Every strong edge but a cell's second hidden kind of edge and a registry's to its callback. */
function ordinaryEdges({ nodes }: HeapDrawing): Map<number, number[]> {
  const isCell = (row: number) => nodes[row]?.name === "system / WeakCell";
  return new Map(
    nodes.map(({ name, edges }, row) => {
      const kept = edges.filter(({ type, nameOrIndex, to }) => {
        if (type === "weak") return false;
        if (type !== "hidden") return true;
        if (isCell(row)) return nameOrIndex === 0 || isCell(to.row);
        return !(name === "FinalizationRegistry" && nodes[to.row]?.type === "closure");
      });
      return [row, kept.map(({ to }) => to.row)];
    }),
  );
}

function reachedFrom(
  starts: readonly number[],
  edges: ReadonlyMap<number, readonly number[]>,
): Set<number> {
  const reached = new Set(starts);
  for (const row of reached) for (const to of edges.get(row) ?? []) reached.add(to);
  return reached;
}

test("causes are those of a slow search over any heap", () => {
  fc.assert(
    fc.property(randomHeap, ({ heap, targets, ordinary, ofRegistrations, ofQueue }) => {
      const held = reachedFrom([0], ordinary);
      const byRegistrations = reachedFrom([0, ...ofRegistrations], ordinary);
      const byQueue = reachedFrom([0, ...ofRegistrations, ...ofQueue], ordinary);
      const causeOf = ({ row }: DrawnNode) => {
        if (held.has(row)) return "held";
        if (byRegistrations.has(row)) return "self-retained";
        return byQueue.has(row) ? "held" : "undecided";
      };
      const expected = targets.map((ofRegistry) =>
        ["held", "self-retained", "undecided"].map(
          (cause) => ofRegistry.filter((target) => causeOf(target) === cause).length,
        ),
      );
      const found = groupsIn(heap).map((groups) =>
        ["held", "self-retained", "undecided"].map((cause) =>
          groups.reduce((sum, group) => sum + (group[0] === cause ? Number(group[2]) : 0), 0),
        ),
      );
      expect(found).toEqual(expected);
    }),
    { seed: 42, numRuns: 300 },
  );
});
