import { describe, expect, test } from "vitest";
import { registriesOf } from "../../../extension/graph/registries.ts";
import { drawHeap } from "../../build/heapDrawing.ts";
import { readGraph } from "../../build/readGraph.ts";
import { cellLayouts, drawRealm } from "../../build/registrationDrawing.ts";
import { newerLayout, olderLayout } from "../../build/snapshotWriter.ts";

describe.each(cellLayouts)("registries of %s", (layout) => {
  const file = layout === "Node 20" ? olderLayout : newerLayout;
  const draw = () => {
    const heap = drawHeap();
    const realm = drawRealm(heap, layout);
    return { heap, realm, read: () => registriesOf(readGraph(heap, { layout: file })) };
  };

  test("a heap without any registry has none", () => {
    const { heap, read } = draw();
    heap.hold("cell", heap.node("hidden", "system / WeakCell"));
    expect(read()).toEqual([]);
  });

  test("an empty registry has its callback with name and place", () => {
    const { realm, read } = draw();
    const callback = realm.callback("freeRow", "file:///app/rows.js", { line: 11, column: 7 });
    const { node } = realm.registry(callback);
    const [registry, ...others] = read();
    expect(others).toEqual([]);
    expect(registry).toMatchObject({
      row: node.row,
      objectId: node.objectId,
      closureRow: callback.row,
      callbackName: "freeRow",
      callback: { scriptName: "file:///app/rows.js", line: 11, column: 7 },
      internal: false,
    });
    expect(registry?.active.count).toBe(0);
    expect(registry?.cleared.count).toBe(0);
  });

  test("each registration has its target, held value and token, whichever of them there are", () => {
    const { heap, realm, read } = draw();
    const given = [true, false].flatMap((target) =>
      [true, false].flatMap((heldValue) =>
        [true, false].map((token) => ({
          target: target ? heap.object("Target") : undefined,
          heldValue: heldValue ? heap.object("Held") : undefined,
          token: token ? heap.object("Token") : undefined,
        })),
      ),
    );
    const { cells } = realm.registry(realm.callback("free", "/app/a.js"), given);
    const [registry] = read();
    const found = [...(registry?.active ?? []), ...(registry?.cleared ?? [])];
    const expected = given.map(({ target, heldValue, token }, at) => ({
      row: cells[at]?.row,
      objectId: cells[at]?.objectId,
      target: target?.row ?? null,
      heldValue: heldValue?.row ?? null,
      token: token?.row ?? null,
    }));
    expect(found.toSorted((a, b) => a.row - b.row)).toEqual(expected);
    expect(registry?.active.count).toBe(4);
    expect(registry?.cleared.count).toBe(4);
  });

  test("cells that share a token count once and keep to their own list", () => {
    const { heap, realm, read } = draw();
    const token = heap.object("Token");
    const given = Array.from({ length: 20 }, (_, at) => ({
      target: at % 3 === 0 ? heap.object("Target") : undefined,
      heldValue: heap.node("string", "same"),
      token,
    }));
    realm.registry(realm.callback("free", "/app/a.js"), given);
    const [registry] = read();
    expect(registry?.active.count).toBe(7);
    expect(registry?.cleared.count).toBe(13);
    expect(new Set([...(registry?.cleared ?? [])].map(({ row }) => row)).size).toBe(13);
  });

  test("a registry may be the held value and the target of another one, or of itself", () => {
    const { realm, read } = draw();
    const inner = realm.registry(realm.callback("inner", "/app/a.js"));
    const outer = realm.registry(realm.callback("outer", "/app/a.js"), [
      { target: inner.node, heldValue: inner.node, token: inner.node },
    ]);
    const [first, second] = read();
    expect(first?.callbackName).toBe("inner");
    expect(first?.active.count).toBe(0);
    expect(second?.row).toBe(outer.node.row);
    expect(second?.active.at(0)).toMatchObject({
      target: inner.node.row,
      heldValue: inner.node.row,
      token: inner.node.row,
    });
  });

  test("a registry whose held value is the registry itself is read as such", () => {
    const { heap, realm, read } = draw();
    const registry = realm.registry(realm.callback("free", "/app/a.js"), [{}]);
    const cell = registry.cells[0];
    if (!cell) throw new Error("No cell was drawn.");
    heap.edge(cell, "hidden", layout === "Node 20" ? 3 : 1, registry.node);
    const [found] = read();
    expect(found?.cleared.at(0).heldValue).toBe(registry.node.row);
  });

  test("a subclass is found by its structure, not by its name", () => {
    const { heap, realm, read } = draw();
    const callback = realm.callback("free", "/app/a.js");
    realm.registry(callback, [{ target: heap.object("Row") }], "HandleRegistry");
    // Its name alone makes nothing a registry.
    heap.hold("prototype", heap.object("FinalizationRegistry", { constructor: callback }));
    const found = read();
    expect(found.map(({ active }) => active.count)).toEqual([1]);
  });

  test("a bound callback is described by the function behind it", () => {
    const { heap, realm, read } = draw();
    const method = realm.callback("close", "/app/share.js", { line: 3, column: 8 });
    const bind = (to: typeof method) => {
      const bound = heap.node("closure", "native_bind");
      heap.edge(bound, "internal", "bound_function", to);
      return bound;
    };
    realm.registry(bind(bind(method)));
    expect(read()[0]).toMatchObject({
      callbackName: "close",
      callback: { scriptName: "/app/share.js", line: 3, column: 8 },
    });
  });

  test("a callback that is not JavaScript has no place", () => {
    const { heap, realm, read } = draw();
    realm.registry(heap.object("Proxy"));
    realm.registry(heap.node("closure", "log"));
    expect(read().map(({ callback }) => callback)).toEqual([null, null]);
  });

  test("Node's own registries are told from the user's, also from those with a callback of Node's", () => {
    const { heap, realm, read } = draw();
    const nodeClass = realm.callback("SafeFinalizationRegistry", "node:internal/per_context");
    const userClass = realm.callback("HandleRegistry", "file:///app/handles.js");
    const made = (by: typeof nodeClass, callback: typeof nodeClass) => {
      const { node } = realm.registry(callback);
      heap.edge(node, "property", "__proto__", heap.object("prototype", { constructor: by }));
    };
    made(nodeClass, realm.callback("", "node:diagnostics_channel"));
    made(userClass, realm.callback("clearTimeout", "node:timers"));
    made(userClass, realm.callback("free", "file:///app/handles.js"));
    made(userClass, realm.callback("cleanup", "node:internal/deps/undici/undici"));
    expect(read().map(({ internal }) => internal)).toEqual([true, false, false, true]);
  });

  test("the name of a script is found behind the debugger's own object", () => {
    const { heap, realm, read } = draw();
    const script = heap.script("/app/debugged.js");
    heap.edge(script, "internal", "source", heap.node("string", "secret"));
    const debugInfo = heap.node("code", "system / DebugInfo");
    heap.edge(debugInfo, "internal", "script", script);
    const shared = heap.node("code", "free");
    const edgeName = layout === "Node 20" ? "script_or_debug_info" : "script";
    heap.edge(shared, "internal", edgeName, debugInfo);
    const closure = heap.node("closure", "free", {
      place: { scriptId: 90, line: 1, column: 2 },
    });
    heap.edge(closure, "internal", "shared", shared);
    realm.registry(closure);
    expect(read()[0]?.callback?.scriptName).toBe("/app/debugged.js");
  });

  test("registries of several realms are all found", () => {
    const { heap, read, realm } = draw();
    realm.registry(realm.callback("one", "/app/a.js"));
    const other = drawRealm(heap, layout);
    other.registry(other.callback("two", "evalmachine.<anonymous>"), [{}]);
    expect(read().map(({ callbackName, cleared }) => [callbackName, cleared.count])).toEqual([
      ["one", 0],
      ["two", 1],
    ]);
  });

  test("a list of very many registrations is read to its end", () => {
    const { heap, realm, read } = draw();
    const target = heap.object("Target");
    const callback = realm.callback("free", "/app/a.js");
    const { node } = realm.registry(callback);
    const cells = Array.from({ length: 60_000 }, () => heap.node("hidden", "system / WeakCell"));
    for (const [at, cell] of cells.entries()) {
      heap.edge(cell, "weak", "target", target);
      heap.edge(cell, "hidden", 0, node);
      const next = cells[at + 1];
      if (next) heap.edge(cell, "hidden", 4, next);
    }
    const [head] = cells;
    if (head) heap.edge(node, "hidden", 4, head);
    expect(read()[0]?.active.count).toBe(60_000);
  });
});

test("a registration whose callback runs is in the heap but on no list: it is not queued", () => {
  const heap = drawHeap();
  const realm = drawRealm(heap, "Node 26");
  const { node } = realm.registry(realm.callback("free", "/app/a.js"), [{}, {}]);
  const running = heap.node("hidden", "system / WeakCell");
  heap.edge(running, "hidden", 0, node);
  const stack = heap.node("synthetic", "(Stack roots)");
  heap.edge(heap.root, "element", 2, stack);
  heap.edge(stack, "internal", "5", running);
  const [registry] = registriesOf(readGraph(heap));
  expect([...(registry?.cleared ?? [])].map(({ row }) => row)).not.toContain(running.row);
  expect(registry?.cleared.count).toBe(2);
});
