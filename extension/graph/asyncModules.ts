import {
  edgesBegin,
  edgesEnd,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
} from "./heapGraph.ts";

const moduleName = "system / SourceTextModule";

/** Whether a node is a module as V8 has it. */
export const isModule = (graph: HeapGraph, row: NodeRow): boolean =>
  graph.columns.nodes.nodeName[row] === graph.stringIndex(moduleName);

/**
 * The promises of the imports that end when a module with a top-level `await` has run: its own, and those of
 * the modules that wait for it (ECMAScript, "AsyncModuleExecutionFulfilled"). A module's fields end with the root
 * of its circle of imports and the list of those that wait for it; other lists have what it imports itself.
 */
export function promisesOfModule(graph: HeapGraph, module: NodeRow): NodeRow[] {
  const promise = graph.stringIndex("Promise");
  const promises: NodeRow[] = [];
  const modules = new Set([module]);
  for (const one of modules) {
    let isBehindRoot = false;
    for (const child of children(graph, one)) {
      if (isModule(graph, child)) {
        modules.add(child);
        isBehindRoot = true;
      } else if (graph.columns.nodes.nodeName[child] === promise) promises.push(child);
      else if (isBehindRoot) {
        for (const waiting of children(graph, child))
          if (isModule(graph, waiting)) modules.add(waiting);
      }
    }
  }
  return promises;
}

function* children(graph: HeapGraph, row: NodeRow): Iterable<NodeRow> {
  const end = edgesEnd(graph, row);
  for (let edge = edgesBegin(graph, row); edge < end; edge++) {
    if (edgeType(graph, edge) !== graph.types.edge.weak) yield edgeTarget(graph, edge);
  }
}
