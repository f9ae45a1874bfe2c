import { buildHeapGraph, type HeapGraph } from "../../extension/graph/heapGraph.ts";
import type { DrawnHeap } from "./heapDrawing.ts";
import { parseInPieces } from "./readColumns.ts";
import { type WriteOptions, writeSnapshot } from "./snapshotWriter.ts";

/** The graph of a drawn heap, by way of a file: rows are those of the drawing. */
export const readGraph = (heap: DrawnHeap, options?: WriteOptions): HeapGraph =>
  buildHeapGraph(parseInPieces(writeSnapshot(heap, options)));
