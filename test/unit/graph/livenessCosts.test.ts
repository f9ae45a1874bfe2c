import { describe, expect, test } from "vitest";
import type { NodeRow } from "../../../extension/graph/heapGraph.ts";
import { livenessOf } from "../../../extension/graph/liveness.ts";
import { registriesOf } from "../../../extension/graph/registries.ts";
import { type DrawnNode, drawHeap, type HeapDrawing } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { cellLayouts, drawRealm } from "../../build/registrationDrawing.ts";

/** Shallow size of a drawn registration. */
const cell = 16;

/** What self-retained targets cost, registry by registry, and what the queues hold. */
function costsIn(heap: HeapDrawing) {
  const graph = readGraph(heap);
  const registries = registriesOf(graph);
  const liveness = livenessOf(graph, registries);
  return {
    selfRetained: liveness.registries.map(({ groups }) =>
      groups
        .filter(({ cause }) => cause === "self-retained")
        .map(({ targets }) => liveness.selfRetainedBytes(targets)),
    ),
    queued: registries.map(({ cleared }) => liveness.queuedBytes(cleared)),
    queuedTogether: liveness.queuedBytes(registries.flatMap(({ cleared }) => [...cleared])),
  };
}

describe.each(cellLayouts)("registrations of %s", (layout) => {
  const draw = () => {
    const heap = drawHeap();
    const realm = drawRealm(heap, layout);
    const sized = (selfSizeBytes: number, parts: Readonly<Record<string, DrawnNode>> = {}) => {
      const node = heap.node("object", "Sized", { selfSizeBytes });
      for (const [name, part] of Object.entries(parts)) heap.edge(node, "property", name, part);
      return node;
    };
    const free = () => realm.callback("free", "/app/a.js");
    return { heap, realm, sized, free };
  };

  test("a self-retained target costs what it holds and no ordinary code holds", () => {
    const { heap, realm, sized, free } = draw();
    const shared = sized(5000);
    heap.hold("shared", shared);
    const target = sized(100, { own: sized(20), shared });
    realm.registry(free(), [{ target, heldValue: sized(7, { target }) }]);
    expect(costsIn(heap).selfRetained).toEqual([[120]]);
  });

  test("targets of one group that share an object cost it once, also when registered twice", () => {
    const { heap, realm, sized, free } = draw();
    const shared = sized(1000);
    const [a, b] = [sized(10, { shared }), sized(20, { shared })];
    realm.registry(free(), [
      { target: a, heldValue: a },
      { target: b, heldValue: b },
      { target: b, heldValue: b },
    ]);
    expect(costsIn(heap).selfRetained).toEqual([[1030]]);
  });

  test("registrations that hold each other's targets across registries cost each its own", () => {
    const { heap, realm, sized, free } = draw();
    const [a, b] = [sized(10), sized(200)];
    realm.registry(free(), [{ target: a, heldValue: b }]);
    realm.registry(free(), [{ target: b, heldValue: a }]);
    expect(costsIn(heap).selfRetained).toEqual([[10], [200]]);
  });

  test("the queue costs itself and its held values with their parts, and not what anybody else holds", () => {
    const { heap, realm, sized, free } = draw();
    const pool = sized(90_000);
    heap.hold("pool", pool);
    realm.registry(free(), [
      { heldValue: sized(10, { part: sized(1), pool }) },
      { heldValue: pool },
      {},
    ]);
    expect(costsIn(heap).queued).toEqual([3 * cell + 11]);
  });

  test("what two queues hold is in each of them, and once in both together", () => {
    const { heap, realm, sized, free } = draw();
    const shared = sized(1000);
    realm.registry(free(), [{ heldValue: sized(10, { shared }) }]);
    realm.registry(free(), [{ heldValue: sized(20, { shared }) }]);
    expect(costsIn(heap)).toMatchObject({
      queued: [cell + 1010, cell + 1020],
      queuedTogether: 2 * cell + 1030,
    });
  });

  test("what a live registration holds as well is not set free by the queue", () => {
    const { heap, realm, sized, free } = draw();
    const shared = sized(1000);
    const target = sized(1);
    heap.hold("target", target);
    realm.registry(free(), [{ heldValue: sized(10, { shared }) }, { target, heldValue: shared }]);
    expect(costsIn(heap).queued).toEqual([cell + 10]);
  });

  test("a value in a WeakMap costs with the target that is its key", () => {
    const { heap, realm, sized, free } = draw();
    const table = heap.node("array", "table");
    heap.hold("map", table);
    const [target, value] = [sized(10), sized(500)];
    const pair = ` / part of key (Sized @${target.objectId}) -> value (Sized @${value.objectId}) pair in WeakMap (table @${table.objectId})`;
    heap.edge(table, "internal", `1${pair}`, value);
    heap.edge(target, "internal", `2${pair}`, value);
    realm.registry(free(), [{ target, heldValue: target }]);
    expect(costsIn(heap).selfRetained).toEqual([[510]]);
  });
});

test("each group names the targets that it counts", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 26");
  const held = heap.object("Row");
  heap.hold("row", held);
  const own = heap.object("Row");
  realm.registry(realm.callback("free", "/app/a.js"), [
    { target: held },
    { target: own, heldValue: own },
  ]);
  const graph = readGraph(heap);
  const [liveness] = livenessOf(graph, registriesOf(graph)).registries;
  expect(liveness?.groups.map(({ targets }) => targets)).toEqual([
    [held.row as NodeRow],
    [own.row as NodeRow],
  ]);
});
