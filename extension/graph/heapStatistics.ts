import { childNamed, type HeapGraph, type NodeRow } from "./heapGraph.ts";

/** What a heap's bytes are made of. The kinds don't overlap, and add up to all of it. */
export interface HeapStatistics {
  readonly totalBytes: number;
  /** Functions' code and what belongs to it. */
  readonly codeBytes: number;
  readonly stringBytes: number;
  /** JavaScript arrays with their elements. */
  readonly arrayBytes: number;
  /** The memory of ArrayBuffers, on which typed arrays and Buffers are views. */
  readonly typedArrayBytes: number;
  /** What only V8 knows of. */
  readonly systemBytes: number;
  readonly otherObjectBytes: number;
  /** Objects of Node and its libraries beside the memory of ArrayBuffers. */
  readonly otherNativeBytes: number;
}

/** The numbers of Chrome DevTools' Statistics view (HeapSnapshot.ts, calculateStatistics). */
export function heapStatisticsOf(graph: HeapGraph, shallowSizes: Float64Array): HeapStatistics {
  const { nodeType: types, nodeName: names } = graph.columns.nodes;
  const { hidden, native, code, string, concatenatedString, slicedString } = graph.types.node;
  const arrayName = graph.stringIndex("Array");
  const isShared = sharedNodesOf(graph);
  const bufferName = graph.stringIndex("system / JSArrayBufferData");
  let totalBytes = 0;
  let codeBytes = 0;
  let stringBytes = 0;
  let arrayBytes = 0;
  let typedArrayBytes = 0;
  let systemBytes = 0;
  let nativeBytes = 0;
  for (let row = 0 as NodeRow; row < graph.nodeCount; row++) {
    const bytes = shallowSizes[row]!;
    totalBytes += bytes;
    const type = types[row];
    if (type === hidden) systemBytes += bytes;
    else if (type === native) {
      nativeBytes += bytes;
      if (names[row] === bufferName) typedArrayBytes += bytes;
    } else if (type === code) codeBytes += bytes;
    else if (type === string || type === concatenatedString || type === slicedString) {
      stringBytes += bytes;
    } else if (names[row] === arrayName) {
      arrayBytes += bytes;
      const elements = childNamed(graph, row, graph.types.edge.internal, "elements");
      // Several arrays can share their elements until one of them is written to; then they are nobody's.
      if (elements !== null && isShared[elements] === 0) arrayBytes += shallowSizes[elements]!;
    }
  }
  return {
    totalBytes,
    codeBytes,
    stringBytes,
    arrayBytes,
    typedArrayBytes,
    systemBytes,
    otherObjectBytes: totalBytes - nativeBytes - codeBytes - stringBytes - arrayBytes - systemBytes,
    otherNativeBytes: nativeBytes - typedArrayBytes,
  };
}

/** 1 for each node that more than one edge leads to. */
function sharedNodesOf(graph: HeapGraph): Uint8Array {
  const { edgeTarget, count } = graph.columns.edges;
  const isHeld = new Uint8Array(graph.nodeCount);
  const isShared = new Uint8Array(graph.nodeCount);
  for (let edge = 0; edge < count; edge++) {
    const target = edgeTarget[edge]!;
    if (isHeld[target] === 1) isShared[target] = 1;
    isHeld[target] = 1;
  }
  return isShared;
}
