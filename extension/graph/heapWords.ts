import {
  childNamed,
  type EdgeRow,
  edgeName,
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
} from "./heapGraph.ts";
import { cellName } from "./registries.ts";

/** What a node is to somebody who writes JavaScript; `engine` is everything that only V8 knows of. */
export type NodeKind =
  | "root"
  | "global"
  | "object"
  | "function"
  | "scope"
  | "registration"
  | "native"
  | "value"
  | "engine";

const longestName = 80;
const scopeName = "system / Context";

export function nodeKind(graph: HeapGraph, row: NodeRow): NodeKind {
  const type = nodeType(graph, row);
  const { node } = graph.types;
  if (type === node.closure) return "function";
  if (type === node.synthetic) return nodeName(graph, row).startsWith("Node /") ? "native" : "root";
  if (type === node.object) {
    const name = nodeName(graph, row);
    if (name === scopeName) return "scope";
    return name === "global" || name.startsWith("global ") ? "global" : "object";
  }
  if (type === node.hidden || type === node.native) {
    const name = nodeName(graph, row);
    if (name === cellName) return "registration";
    if (name === scopeName) return "scope";
    // With internals exposed, V8's own objects are of the type of native ones (since Node 26).
    return type === node.hidden || name.startsWith("system / ") ? "engine" : "native";
  }
  return type === node.array || type === node.code || type === node.objectShape
    ? "engine"
    : "value";
}

/** Constructor or kind of a node. Never the contents of a string or of a regular expression. */
export function nodeWords(graph: HeapGraph, row: NodeRow): string {
  switch (nodeKind(graph, row)) {
    case "global":
      return "globalThis";
    case "function":
      return functionWords(graph, row);
    case "scope":
      return "scope";
    case "registration":
      return "registration";
    case "native":
      return shortened(nodeName(graph, row).replace(/^Node \/ /, ""));
    case "value":
      return valueWords(graph, row);
    case "root":
      return rootWords(graph, row);
    case "object":
      return shortened(nodeName(graph, row)) || "Object";
    default:
      return "(engine)";
  }
}

function functionWords(graph: HeapGraph, row: NodeRow): string {
  const { internal } = graph.types.edge;
  if (childNamed(graph, row, internal, "bound_function") !== null) return "bound function";
  const name = shortened(nodeName(graph, row));
  if (isClass(graph, row)) return name === "" ? "(anonymous class)" : `class ${name}`;
  return name === "" ? "(anonymous function)" : `function ${name}()`;
}

/** V8 keeps the place of a class's text on its constructor. */
function isClass(graph: HeapGraph, row: NodeRow): boolean {
  const positions = graph.stringIndex("system / ClassPositions");
  if (positions === -1) return false;
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    if (graph.columns.nodes.nodeName[edgeTarget(graph, edge)] === positions) return true;
  }
  return false;
}

function valueWords(graph: HeapGraph, row: NodeRow): string {
  const kind = graph.columns.nodeTypes[nodeType(graph, row)] ?? "value";
  if (kind.endsWith("string")) return "string";
  return kind === "regexp" ? "RegExp" : kind;
}

function rootWords(graph: HeapGraph, row: NodeRow): string {
  const name = nodeName(graph, row);
  return rootNames.get(name) ?? "(root)";
}

const rootNames: ReadonlyMap<string, string> = new Map([
  ["(Stack roots)", "(stack)"],
  ["(Handle scopes)", "(stack)"],
  ["(Handle scope)", "(stack)"],
  ["(Global handles)", "(native code)"],
  ["(Traced handles)", "(native code)"],
  ["(Micro tasks)", "(microtask queue)"],
]);

/** The name of an edge as one would write it in code. */
export function edgeWords(graph: HeapGraph, edge: EdgeRow, from: NodeRow): string {
  const type = edgeType(graph, edge);
  const { edge: types } = graph.types;
  if (type === types.element) return `[${edgeName(graph, edge)}]`;
  if (type === types.hidden) return hiddenWords(graph, edge, from);
  const name = edgeName(graph, edge);
  if (type === types.property) {
    const symbol = /^<symbol (.*)>$/s.exec(name)?.[1];
    return shortened(symbol === undefined ? name : `[${symbol}]`);
  }
  if (type === types.context) return shortened(name);
  if (/^\d+ \/ part of key /.test(name)) return "value in a WeakMap";
  if (/^\d+$/.test(name)) return "[…]";
  const argument = /^bound_argument_(\d+)$/.exec(name)?.[1];
  if (argument !== undefined) return `bound argument ${Number(argument) + 1}`;
  return internalNames.get(name) ?? shortened(name.replaceAll("_", " "));
}

function hiddenWords(graph: HeapGraph, edge: EdgeRow, from: NodeRow): string {
  const to = nodeKind(graph, edgeTarget(graph, edge));
  if (nodeKind(graph, from) === "registration") {
    return to === "registration" ? "next registration" : "held value";
  }
  if (nodeKind(graph, from) === "object") {
    if (to === "registration") return "registrations";
    if (to === "function" || to === "object") return "cleanup callback";
  }
  return "[…]";
}

const internalNames: ReadonlyMap<string, string> = new Map([
  ["context", "scope"],
  ["previous", "outer scope"],
  ["table", "entry"],
  ["bound_this", "bound this"],
  ["bound_function", "bound function"],
  ["bindings", "bound arguments"],
  ["reactions_or_result", "then or result"],
  ["parameters_and_registers", "local variable"],
  ["receiver", "this"],
  ["native_to_javascript", "JavaScript object"],
  ["javascript_to_native", "native object"],
  ["properties", "property"],
  ["elements", "[…]"],
  ["shared", "code"],
  ["feedback_cell", "code"],
  ["code", "code"],
]);

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 1)}…`;
}
