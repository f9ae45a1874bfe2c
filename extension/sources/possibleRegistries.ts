import type * as t from "@babel/types";
import { createEvaluator, quickStepLimit } from "./evaluate.ts";
import type { FunctionNode } from "./functionAt.ts";
import { type CallNode, calleeName, isMember, type ModuleIndex } from "./moduleIndex.ts";
import { isPlatformClass } from "./platformClass.ts";
import type { RegistryCreation } from "./registries.ts";
import { classChain, isRegistryClass } from "./registryClass.ts";
import type { Evaluator, ModuleSet, Value } from "./value.ts";

/** A place that makes an object of a class that the text doesn't tell, and that may be a registry's. */
export interface PossibleRegistry extends RegistryCreation {
  readonly node: CallNode;
  /** Its class is named like FinalizationRegistry, or is among what `Reflect.construct` is given. */
  readonly isLikely: boolean;
}

interface Construction {
  readonly node: CallNode;
  readonly callee: t.Node;
  readonly arguments: readonly t.Node[];
}

/** The places where a function is handed to a `new` that may make a registry, though nothing proves it. */
export function possibleRegistriesWith(
  set: ModuleSet,
  target: FunctionNode,
): readonly PossibleRegistry[] {
  return set.modules.flatMap((module) =>
    constructions(module).flatMap((construction): readonly PossibleRegistry[] => {
      const callbacks = construction.arguments.flatMap((argument) =>
        handedFunctions(set, module, argument, target),
      );
      if (callbacks.length === 0) return [];
      const certainty = registryCertainty(set, module, construction.callee);
      if (certainty === "no") return [];
      return [{ module, node: construction.node, callbacks, isLikely: certainty === "likely" }];
    }),
  );
}

/** A place that very likely makes a registry and is none of the known ones, with a callback that can't be told. */
export function unresolvedPossibleRegistry(
  set: ModuleSet,
  known: ReadonlySet<t.Node>,
): PossibleRegistry | null {
  for (const module of set.modules) {
    for (const { node, callee, arguments: passed } of constructions(module)) {
      if (known.has(node)) continue;
      const isReflected = node.type !== "NewExpression";
      if (!isReflected && !isRegistryName(calleeName(callee))) continue;
      const [first] = passed;
      const callbacks =
        first === undefined ? [] : createEvaluator(set, quickStepLimit).evaluate(module, first);
      const isOpen = first === undefined || callbacks.some((value) => value.kind === "unknown");
      if (!isOpen || registryCertainty(set, module, callee) !== "likely") continue;
      return { module, node, callbacks, isLikely: true };
    }
  }
  return null;
}

function constructions(module: ModuleIndex): readonly Construction[] {
  const made = module.newExpressions.map((node) => ({
    node,
    callee: node.callee,
    arguments: node.arguments,
  }));
  const reflected = (module.callsByName.get("construct") ?? []).flatMap((node) => {
    const [callee, list] = node.arguments;
    if (!isMember(node.callee) || callee === undefined || node.type === "NewExpression") return [];
    if (node.callee.object.type !== "Identifier" || node.callee.object.name !== "Reflect")
      return [];
    const elements = list?.type === "ArrayExpression" ? list.elements : [list];
    const passed = elements.filter((element): element is t.Expression => Boolean(element));
    return [{ node, callee, arguments: passed }];
  });
  return [...made, ...reflected];
}

function handedFunctions(
  set: ModuleSet,
  module: ModuleIndex,
  argument: t.Node,
  target: FunctionNode,
): readonly Value[] {
  if (argument.type === "SpreadElement") {
    return handedFunctions(set, module, argument.argument, target);
  }
  // A `new` takes numbers and texts far more often than functions.
  if (argument.type.endsWith("Literal")) return [];
  const isOf = (value: Value) => value.kind === "function" && value.node === target;
  const values = createEvaluator(set, quickStepLimit).evaluate(module, argument);
  return values.flatMap((value) => {
    if (isOf(value)) return [value];
    if (value.kind !== "object" || value.node.type !== "ArrayExpression") return [];
    return value.node.elements.flatMap((element) =>
      element === null
        ? []
        : createEvaluator(set, quickStepLimit).evaluate(value.module, element).filter(isOf),
    );
  });
}

function registryCertainty(
  set: ModuleSet,
  module: ModuleIndex,
  callee: t.Node,
): "likely" | "possible" | "no" {
  const evaluator = createEvaluator(set);
  const classes = evaluator.evaluate(module, callee);
  const isRegistry = (value: Value) =>
    value.kind === "registryClass" || (value.kind === "class" && isRegistryClass(evaluator, value));
  if (classes.some(isRegistry)) return "likely";
  const isOpen = classes.some(
    (value) =>
      value.kind === "unknown" || (value.kind === "class" && isOpenClass(evaluator, value)),
  );
  if (!isOpen || isPlatformClass(module, callee)) return "no";
  return isRegistryName(calleeName(callee)) ? "likely" : "possible";
}

/** A class that extends something out of sight, which may be FinalizationRegistry. */
function isOpenClass(evaluator: Evaluator, value: Extract<Value, { kind: "class" }>): boolean {
  return classChain(evaluator, value).some(({ module, node: { superClass } }) => {
    if (!superClass || isPlatformClass(module, superClass)) return false;
    return evaluator.evaluate(module, superClass).some((parent) => parent.kind === "unknown");
  });
}

/** `SafeFinalizationRegistry` and the like, which Node's own code and test tools have. */
function isRegistryName(name: string | null): boolean {
  return name?.endsWith("FinalizationRegistry") ?? false;
}
