import { createFunctionPositions, type FunctionPositions, type HeapPosition } from "./functionPosition.ts";
import {
  childNamed,
  type EdgeRow,
  edgeName,
  edgeSource,
  edgeTarget,
  edgeType,
  type HeapGraph,
  type NodeRow,
  nodeName,
  nodeType,
} from "./heapGraph.ts";

/** One step of a path in the words of somebody who writes JavaScript. Never the contents of a string. */
export interface DescribedStep {
  readonly from: string;
  readonly edge: string;
  readonly to: string;
  /** Where the function that `to` is, or whose scope it is, is defined. */
  readonly location: HeapPosition | null;
}
