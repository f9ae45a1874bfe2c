import type { HeapPosition } from "./functionPosition.ts";

/** One step of a path in the words of somebody who writes JavaScript. Never the contents of a string. */
export interface DescribedStep {
  readonly from: string;
  /** Property, variable, `[3]`, `held value`, …. */
  readonly edge: string;
  readonly to: string;
  /** V8's number of the object that `to` is; null for a step that stands for several left out. */
  readonly objectId: number | null;
  /** Where the function is defined that `to` is, or that lives in the scope that `to` is. */
  readonly location: HeapPosition | null;
}
