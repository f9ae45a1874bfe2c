import { builtinOf } from "./builtinFunction.ts";
import { createFunctionPositions } from "./functionPosition.ts";
import { childNamed, type HeapGraph, type NodeRow, nodeType } from "./heapGraph.ts";

/** Who wrote a function, or the class of an object. */
export type CodeOrigin =
  | "program"
  /** JavaScript inside of Node. */
  | "node"
  /** A package inside of Node, such as undici: its classes are nobody's business. */
  | "node dependency"
  /** A class that native code gives to JavaScript. */
  | "native"
  /** V8 itself; also objects without a class of their own. */
  | "language";

export interface CodeOrigins {
  ofFunction(closure: NodeRow): CodeOrigin;
  /** By the constructor of the object's class. */
  ofObject(row: NodeRow): CodeOrigin;
}

function originOfScript(name: string): CodeOrigin {
  if (!name.startsWith("node:")) return "program";
  return name.startsWith("node:internal/deps/") ? "node dependency" : "node";
}

export function createCodeOrigins(graph: HeapGraph): CodeOrigins {
  const positions = createFunctionPositions(graph);
  const byPrototype = new Map<NodeRow, CodeOrigin>();
  const { property } = graph.types.edge;

  const ofFunction = (closure: NodeRow): CodeOrigin => {
    const position = positions.of(closure);
    if (position !== null) return originOfScript(position.scriptName ?? "");
    // V8's adapter for functions made from a template of its API.
    return builtinOf(graph, closure)?.startsWith("HandleApiCall") ? "native" : "language";
  };

  return {
    ofFunction,
    ofObject(row) {
      const prototype = childNamed(graph, row, property, "__proto__");
      if (prototype === null) return "language";
      let origin = byPrototype.get(prototype);
      if (origin === undefined) {
        const maker = childNamed(graph, prototype, property, "constructor");
        const isClass = maker !== null && nodeType(graph, maker) === graph.types.node.closure;
        origin = isClass ? ofFunction(maker) : "language";
        byPrototype.set(prototype, origin);
      }
      return origin;
    },
  };
}
