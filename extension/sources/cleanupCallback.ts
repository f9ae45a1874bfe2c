import type { FunctionNode } from "./functionAt.ts";
import { isConfined, isUsedElsewhere } from "./functionUses.ts";
import type { ModuleIndex } from "./moduleIndex.ts";
import type { GrowingModuleSet } from "./moduleLoader.ts";
import { type RegistryCreation, registryCreations } from "./registries.ts";
import type { Value } from "./value.ts";

/** What the source text says on whether a function is a registry's cleanup callback. */
export type CallbackMatch =
  | {
      readonly proof: "certain" | "likely";
      readonly creations: readonly RegistryCreation[];
      readonly alsoUsedElsewhere: boolean;
    }
  | { readonly proof: "none"; readonly because: "confined" | "all-resolved" }
  | { readonly proof: "open"; readonly unresolved: RegistryCreation | null };

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
  let match = matchIn(set, module, node);
  for (let round = 0; match?.proof !== "certain" && round < roundLimit; round++) {
    if (!(await set.addWished())) break;
    match = matchIn(set, module, node);
  }
  if (match !== null) return match;
  if (isConfined(set, module, node)) return { proof: "none", because: "confined" };
  const unresolved = registryCreations(set).find(isUnresolved) ?? null;
  if (unresolved !== null || !set.isComplete || module.script.damaged) {
    return { proof: "open", unresolved };
  }
  return { proof: "none", because: "all-resolved" };
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
  const creationNodes = new Set(creations.map((creation) => creation.node));
  return {
    proof: certain.length > 0 ? "certain" : "likely",
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
