import type * as t from "@babel/types";
import { createEvaluator, quickStepLimit } from "./evaluate.ts";
import type { FunctionNode } from "./functionAt.ts";
import { isConfined, isUsedElsewhere } from "./functionUses.ts";
import type { ModuleIndex } from "./moduleIndex.ts";
import type { GrowingModuleSet } from "./moduleLoader.ts";
import { possibleRegistriesWith, unresolvedPossibleRegistry } from "./possibleRegistries.ts";
import { type RegistryCreation, registryCreations } from "./registries.ts";
import { isRegistryClass } from "./registryClass.ts";
import type { Value } from "./value.ts";

/** What the source text says on whether a function is a registry's cleanup callback. */
export type CallbackMatch =
  | {
      readonly proof: "certain" | "likely";
      /** Where it is passed to; of `unproven` objects only the class's name tells what they are. */
      readonly creations: readonly RegistryCreation[];
      readonly through: "itself" | "wrapper" | "unproven";
      readonly alsoUsedElsewhere: boolean;
    }
  | { readonly proof: "none"; readonly because: "confined" | "all-resolved" }
  | {
      readonly proof: "open";
      /** A registry whose callback can't be told. */
      readonly unresolved: RegistryCreation | null;
      /** A `new` that is given the function, of a class that can't be told. */
      readonly handedTo: RegistryCreation | null;
    };

/** Rounds of loading what the evaluation wished for. Real chains of re-exports have two or three steps. */
const roundLimit = 6;

/** Searches the function's own script first, then all scripts that mention FinalizationRegistry. */
export async function matchCallback(
  set: GrowingModuleSet,
  module: ModuleIndex,
  node: FunctionNode,
): Promise<CallbackMatch> {
  const own = matchIn(set, module, node);
  if (own?.proof === "certain") return own;
  await set.addRegistryScripts();
  // Where a class of registries is exported, the scripts that make them need not mention the name.
  await set.addImportersOf(set.modules.filter((other) => exportsRegistryClass(set, other)));
  let match = matchIn(set, module, node);
  for (let round = 0; match?.proof !== "certain" && round < roundLimit; round++) {
    if (!(await set.addWished())) break;
    match = matchIn(set, module, node);
  }
  if (match !== null) return match;
  if (!module.script.damaged && isConfined(set, module, node))
    return { proof: "none", because: "confined" };
  const possible = possibleRegistriesWith(set, node);
  const likely = possible.filter(({ isLikely }) => isLikely);
  if (likely.length > 0) {
    const nodes = new Set<t.Node>(likely.map((creation) => creation.node));
    const alsoUsedElsewhere = isUsedElsewhere(set, module, node, nodes);
    return { proof: "likely", through: "unproven", creations: likely, alsoUsedElsewhere };
  }
  const unresolved = firstUnresolved(set);
  const handedTo = possible[0] ?? null;
  if (unresolved !== null || handedTo !== null || !set.isComplete || module.script.damaged) {
    return { proof: "open", unresolved, handedTo };
  }
  return { proof: "none", because: "all-resolved" };
}

/** True when every callback of the registries in the set and of those it leads to is known. */
export async function areAllCallbacksKnown(set: GrowingModuleSet): Promise<boolean> {
  await set.addRegistryScripts();
  let unresolved = firstUnresolved(set);
  for (let round = 0; round < roundLimit && (await set.addWished()); round++) {
    unresolved = firstUnresolved(set);
  }
  return set.isComplete && unresolved === null && !set.modules.some(({ script }) => script.damaged);
}

function firstUnresolved(set: GrowingModuleSet): RegistryCreation | null {
  const creations = registryCreations(set);
  const known = new Set<t.Node>(creations.map((creation) => creation.node));
  return creations.find(isUnresolved) ?? unresolvedPossibleRegistry(set, known);
}

function matchIn(
  set: GrowingModuleSet,
  module: ModuleIndex,
  node: FunctionNode,
): Extract<CallbackMatch, { proof: "certain" | "likely" }> | null {
  const creations = registryCreations(set);
  const certain = creations.filter((creation) => hasCallback(creation, node, "itself"));
  const matched =
    certain.length > 0
      ? certain
      : creations.filter((creation) => hasCallback(creation, node, "wrapper"));
  if (matched.length === 0) return null;
  const creationNodes = new Set<t.Node>(creations.map((creation) => creation.node));
  return {
    proof: certain.length > 0 ? "certain" : "likely",
    through: certain.length > 0 ? "itself" : "wrapper",
    creations: matched,
    alsoUsedElsewhere: isUsedElsewhere(set, module, node, creationNodes),
  };
}

function hasCallback(
  creation: RegistryCreation,
  node: FunctionNode,
  through: "itself" | "wrapper",
): boolean {
  return creation.callbacks.some(
    (value) => value.kind === "function" && value.node === node && value.through === through,
  );
}

function isUnresolved(creation: RegistryCreation): boolean {
  return creation.callbacks.some((value: Value) => value.kind === "unknown");
}

function exportsRegistryClass(set: GrowingModuleSet, module: ModuleIndex): boolean {
  return [...module.exported.values()].flat().some((source) => {
    if (source.kind !== "expression") return false;
    const evaluator = createEvaluator(set, quickStepLimit);
    const values = evaluator.evaluate(module, source.node);
    const members = values.flatMap((value) =>
      value.kind === "object" ? exportedMembers(value) : [],
    );
    return [...values, ...members.flatMap((each) => evaluator.evaluate(module, each))].some(
      (value) =>
        value.kind === "registryClass" ||
        (value.kind === "class" && isRegistryClass(evaluator, value)),
    );
  });
}

/** `module.exports = { Tracked }`. */
function exportedMembers({ node }: Extract<Value, { kind: "object" }>): readonly t.Node[] {
  if (node.type === "ArrayExpression") return [];
  return node.properties.flatMap((property) =>
    property.type === "ObjectProperty" ? [property.value] : [],
  );
}
