import type * as t from "@babel/types";
import type { ModuleIndex } from "./moduleIndex.ts";
import type { Evaluator, Value } from "./value.ts";

export interface ClassPlace {
  readonly module: ModuleIndex;
  readonly node: t.Class;
}

/** Longer chains of classes don't exist; a class that extends itself does, in damaged text. */
const chainLimit = 20;

/** The class itself and those it extends, as far as they are known, nearest first. */
export function classChain(evaluator: Evaluator, first: ClassPlace): readonly ClassPlace[] {
  const chain: ClassPlace[] = [];
  let next: ClassPlace | undefined = first;
  while (next !== undefined && chain.length < chainLimit) {
    const current: ClassPlace = next;
    chain.push(current);
    next = superClassValues(evaluator, current).find((value) => value.kind === "class");
  }
  return chain;
}

/** True for a class that extends FinalizationRegistry, also at a distance. */
export function isRegistryClass(evaluator: Evaluator, first: ClassPlace): boolean {
  return classChain(evaluator, first).some((place) =>
    superClassValues(evaluator, place).some((value) => value.kind === "registryClass"),
  );
}

function superClassValues(evaluator: Evaluator, place: ClassPlace): readonly Value[] {
  const { superClass } = place.node;
  return superClass ? evaluator.evaluate(place.module, superClass) : [];
}
