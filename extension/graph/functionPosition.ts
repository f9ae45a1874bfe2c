import {
  childNamed,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
} from "./heapGraph.ts";

/**
 * The name of a function; null for an anonymous one. A name that was computed when the function was made stands in a
 * property of its own.
 */
export function functionName(graph: HeapGraph, closure: NodeRow): string | null {
  const name = nodeName(graph, closure);
  if (name !== "") return name;
  const own = childNamed(graph, closure, graph.types.edge.property, "name");
  return own && (stringText(graph, own, maxStringParts) || null);
}

/** Where a function begins, in the script as V8 runs it (before source maps). */
export interface HeapPosition {
  /** V8's script id, the same as in CDP. */
  readonly scriptId: number;
  /** Path, `file:` URL or `node:` name; null when the snapshot doesn't say. */
  readonly scriptName: string | null;
  /** 0-based. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
}

/** Finds positions of functions and remembers the names of scripts. */
export interface FunctionPositions {
  of(closure: NodeRow): HeapPosition | null;
}

/** Bound functions are unwrapped at most so many times: `bind` of `bind` of …. */
const maxBound = 64;

export function createFunctionPositions(graph: HeapGraph): FunctionPositions {
  const scriptNames = new Map<number, string | null>();
  let searchedAll = false;

  const scriptNameOf = (scriptId: number, closure: NodeRow): string | null => {
    const known = scriptNames.get(scriptId);
    if (known !== undefined) return known;
    let name = scriptNameBySharedInfo(graph, closure);
    // A debugger puts its own object between a function and its script: another function of the same
    // script may still lead there.
    if (name === null && !searchedAll) {
      searchedAll = true;
      const { locations } = graph.columns;
      for (let at = 0; at < locations.count; at++) {
        const id = locations.scriptId[at]!;
        const row = locations.row[at]! as NodeRow;
        if (scriptNames.has(id) || nodeType(graph, row) !== graph.types.node.closure) continue;
        const found = scriptNameBySharedInfo(graph, row);
        if (found !== null) scriptNames.set(id, found);
      }
      name = scriptNames.get(scriptId) ?? null;
    }
    scriptNames.set(scriptId, name);
    return name;
  };

  return {
    of(closure) {
      const location = graph.locationOf(closure);
      if (location === -1) return null;
      const { scriptId, line, column } = graph.columns.locations;
      const id = scriptId[location]!;
      return {
        scriptId: id,
        scriptName: scriptNameOf(id, closure),
        line: line[location]!,
        column: column[location]!,
      };
    },
  };
}

/** The function that a chain of `bind` calls leads to; any other node is its own answer. */
export function unboundFunction(graph: HeapGraph, callable: NodeRow): NodeRow {
  let row = callable;
  for (let step = 0; step < maxBound; step++) {
    const target = childNamed(graph, row, graph.types.edge.internal, "bound_function");
    if (target === null) return row;
    row = target;
  }
  return row;
}

/**
 * closure → shared function info → script → name. The edge to the script is `script_or_debug_info` on
 * Node 20 and `script` later; a DebugInfo may stand in between.
 */
function scriptNameBySharedInfo(graph: HeapGraph, closure: NodeRow): string | null {
  const { internal } = graph.types.edge;
  const shared = childNamed(graph, closure, internal, "shared");
  if (shared === null) return null;
  const script =
    childNamed(graph, shared, internal, "script") ??
    childNamed(graph, shared, internal, "script_or_debug_info");
  if (script === null) return null;
  return nameOfScript(graph, script) ?? nameBehindDebugInfo(graph, script);
}

function nameOfScript(graph: HeapGraph, script: NodeRow): string | null {
  const name = childNamed(graph, script, graph.types.edge.internal, "name");
  const text = name === null ? null : stringText(graph, name, maxStringParts);
  return text === "" ? null : text;
}

/** A name that the program put together is a tree of strings. */
const maxStringParts = 32;

/** Null for a string whose text the snapshot doesn't have, such as a part of another one. */
function stringText(graph: HeapGraph, row: NodeRow, depthLeft: number): string | null {
  const { node, edge } = graph.types;
  if (nodeType(graph, row) === node.string) return nodeName(graph, row);
  if (nodeType(graph, row) !== node.concatenatedString || depthLeft === 0) return null;
  const first = childNamed(graph, row, edge.internal, "first");
  const second = childNamed(graph, row, edge.internal, "second");
  const left = first === null ? null : stringText(graph, first, depthLeft - 1);
  const right = second === null ? null : stringText(graph, second, depthLeft - 1);
  return left === null || right === null ? null : left + right;
}

function nameBehindDebugInfo(graph: HeapGraph, debugInfo: NodeRow): string | null {
  const end = edgesEnd(graph, debugInfo);
  for (let edge = edgesBegin(graph, debugInfo); edge < end; edge++) {
    if (edgeType(graph, edge) === graph.types.edge.weak) continue;
    const child = edgeTarget(graph, edge);
    // Only a script has its text.
    if (childNamed(graph, child, graph.types.edge.internal, "source") === null) continue;
    const name = nameOfScript(graph, child);
    if (name !== null) return name;
  }
  return null;
}
