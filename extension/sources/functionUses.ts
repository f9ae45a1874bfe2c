import type * as t from "@babel/types";
import { walk } from "estree-walker";
import { createEvaluator, quickStepLimit } from "./evaluate.ts";
import { type FunctionNode, startOffset } from "./functionAt.ts";
import { functionName } from "./functionName.ts";
import {
  type CallNode,
  calleeName,
  isMember,
  type ModuleIndex,
  memberName,
} from "./moduleIndex.ts";
import { type Binding, resolveName } from "./scope.ts";
import type { ModuleSet, Value } from "./value.ts";

/** Functions of the platform that call what they are given, and are no registry. */
const knownConsumers = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "nextTick",
  "then",
  "catch",
  "finally",
  "on",
  "once",
  "addListener",
  "prependListener",
  "addEventListener",
  "Promise",
  "createServer",
  "forEach",
  "map",
  "filter",
  "find",
  "some",
  "every",
  "reduce",
  "sort",
]);

/** Whether a function is also called by name, or passed to something that is no registry. */
export function isUsedElsewhere(
  set: ModuleSet,
  module: ModuleIndex,
  node: FunctionNode,
  creations: ReadonlySet<t.Node>,
): boolean {
  const name = lastName(functionName(module, node));
  if (name === null) return false;
  const means = (where: ModuleIndex, expression: t.Node) =>
    meansFunction(createEvaluator(set, quickStepLimit).evaluate(where, expression), node);
  return set.modules.some((where) => {
    for (const calls of where.callsByName.values()) {
      for (const call of calls) {
        if (creations.has(call)) continue;
        if (calleeName(call.callee) === name && means(where, call.callee)) return true;
        // `cleanup.bind(…)` isn't a use by itself: where its result goes decides.
        const passes = call.arguments.some(
          (argument) => referenceName(argument) === name && means(where, argument),
        );
        if (passes && calleeName(call.callee) !== "super") return true;
      }
    }
    return false;
  });
}

/**
 * True when a function can't have become a cleanup callback unseen: it is only called directly, or only
 * passed to functions of the platform such as `setTimeout`.
 */
export function isConfined(set: ModuleSet, module: ModuleIndex, node: FunctionNode): boolean {
  const parent = module.ancestors(node).at(-1);
  if (parent !== undefined && isCallNode(parent)) {
    return parent.callee === node || isKnownConsumer(parent);
  }
  if (node.type !== "FunctionDeclaration" && node.type !== "ClassPrivateMethod") return false;
  const name = lastName(functionName(module, node));
  if (name === null || parent?.type.startsWith("Export")) return false;
  let escapes = false;
  walk(module.script.program as never, {
    enter(entered, enteredParent) {
      const inner = entered as unknown as t.Node;
      const around = enteredParent as unknown as t.Node | null;
      if (escapes || referenceName(inner) !== name || around === null) return;
      // The name in its own declaration, and the right part of `a.name`, which is visited as a whole.
      if (around === node || (isMember(around) && around.property === inner && !around.computed)) {
        return;
      }
      if (inner.type === "PrivateName" || around.type === "PrivateName") return;
      if (isCallNode(around) && (around.callee === inner || isKnownConsumer(around))) return;
      if (inner.type === "Identifier") {
        // Without a declaration in sight it may mean a function of a block, which sloppy code shares.
        const binding = resolveName(module.scope, name, startOffset(inner));
        escapes = binding === null || isBindingOf(binding, node);
        return;
      }
      const values = createEvaluator(set, quickStepLimit).evaluate(module, inner);
      escapes = meansFunction(values, node) || values.some((value) => value.kind === "unknown");
    },
  });
  return !escapes;
}

function isBindingOf(binding: Binding, node: FunctionNode): boolean {
  return binding.sources.some((source) => source.kind === "expression" && source.node === node);
}

function meansFunction(values: readonly Value[], node: FunctionNode): boolean {
  return values.some(
    (value) => value.kind === "function" && value.node === node && value.through === "itself",
  );
}

function isKnownConsumer(call: CallNode): boolean {
  return knownConsumers.has(calleeName(call.callee) ?? "");
}

function isCallNode(node: t.Node): node is CallNode {
  return (
    node.type === "CallExpression" ||
    node.type === "OptionalCallExpression" ||
    node.type === "NewExpression"
  );
}

function referenceName(node: t.Node): string | null {
  if (node.type === "Identifier") return node.name;
  return isMember(node) ? memberName(node) : null;
}

function lastName(name: string | null): string | null {
  return name?.split(".").at(-1) ?? null;
}
