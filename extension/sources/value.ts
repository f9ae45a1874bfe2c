import type * as t from "@babel/types";
import type { FunctionNode } from "./functionAt.ts";
import type { ModuleIndex } from "./moduleIndex.ts";

/**
 * What an expression may be, as far as the text tells, without regard to the order of execution. Every
 * value stands for a place in the text, so two objects made at one place are one value.
 */
export type Value =
  /** `wrapper`: a function passed to the call whose result is meant, which very likely calls it. */
  | {
      readonly kind: "function";
      readonly module: ModuleIndex;
      readonly node: FunctionNode;
      readonly through: "itself" | "wrapper";
    }
  | { readonly kind: "class"; readonly module: ModuleIndex; readonly node: t.Class }
  /** What a `new` expression of FinalizationRegistry, or of a class derived from it, makes. */
  | { readonly kind: "registry"; readonly module: ModuleIndex; readonly node: t.NewExpression }
  /** An object made by a class or a constructor function. */
  | {
      readonly kind: "instance";
      readonly module: ModuleIndex;
      readonly node: t.Class | FunctionNode;
    }
  | {
      readonly kind: "object";
      readonly module: ModuleIndex;
      readonly node: t.ObjectExpression | t.ArrayExpression;
    }
  | { readonly kind: "module"; readonly module: ModuleIndex }
  | { readonly kind: "registryClass" }
  | { readonly kind: "globalObject" }
  /** Something else, or not to be found out. */
  | { readonly kind: "unknown" };

export const unknownValue: Value = { kind: "unknown" };

/** The scripts that the evaluation may look into. */
export interface ModuleSet {
  readonly modules: readonly ModuleIndex[];
  /** The module behind an import; null when it isn't loaded (the set takes note of the wish). */
  resolve(from: ModuleIndex, specifier: string): ModuleIndex | null;
  /** Takes note that whoever imports this module matters. */
  wantImporters(module: ModuleIndex): void;
}

export interface Evaluator {
  readonly set: ModuleSet;
  evaluate(module: ModuleIndex, node: t.Node): readonly Value[];
  /** The values of a property of each of the given values. */
  member(owners: readonly Value[], name: string): readonly Value[];
}

export function isSameValue(one: Value, other: Value): boolean {
  if (one.kind !== other.kind) return false;
  const nodeOf = (value: Value) => ("node" in value ? value.node : null);
  const moduleOf = (value: Value) => ("module" in value ? value.module : null);
  const through = (value: Value) => ("through" in value ? value.through : null);
  return (
    nodeOf(one) === nodeOf(other) &&
    moduleOf(one) === moduleOf(other) &&
    through(one) === through(other)
  );
}

export function distinctValues(values: readonly Value[]): readonly Value[] {
  if (values.length < 2) return values;
  const found: Value[] = [];
  for (const value of values) {
    if (!found.some((known) => isSameValue(known, value))) found.push(value);
  }
  return found;
}
