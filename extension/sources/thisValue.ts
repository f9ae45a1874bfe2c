import type * as t from "@babel/types";
import { isFunctionNode } from "./functionAt.ts";
import { isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { type Evaluator, unknownValue, type Value } from "./value.ts";

/** What `this` means at a node, by the method, class or object around it. */
export function thisValue(evaluator: Evaluator, module: ModuleIndex, node: t.Node): Value {
  const around = module.ancestors(node);
  for (let index = around.length - 1; index >= 0; index--) {
    const current = around[index];
    if (current === undefined || current.type === "ArrowFunctionExpression") continue;
    switch (current.type) {
      case "ClassMethod":
      case "ClassPrivateMethod":
      case "ClassProperty":
      case "ClassPrivateProperty":
      case "ClassAccessorProperty":
      case "StaticBlock":
        return classThis(module, around, index, current);
      case "ObjectMethod": {
        const object = around[index - 1];
        if (object?.type === "ObjectExpression") return { kind: "object", module, node: object };
        return unknownValue;
      }
    }
    if (isFunctionNode(current)) {
      const owner = functionOwner(evaluator, module, around, index);
      return owner ?? { kind: "instance", module, node: current };
    }
  }
  return unknownValue;
}

function classThis(
  module: ModuleIndex,
  around: readonly t.Node[],
  index: number,
  element: t.Node,
): Value {
  const owner = around[index - 2];
  if (owner?.type !== "ClassDeclaration" && owner?.type !== "ClassExpression") return unknownValue;
  const isStatic =
    element.type === "StaticBlock" || ("static" in element && element.static === true);
  return { kind: isStatic ? "class" : "instance", module, node: owner };
}

/** The object to which a `function` was given as a method: `{ name: function () {} }`, `X.prototype.name = …`. */
function functionOwner(
  evaluator: Evaluator,
  module: ModuleIndex,
  around: readonly t.Node[],
  index: number,
): Value | null {
  const parent = around[index - 1];
  if (parent?.type === "ObjectProperty") {
    const object = around[index - 2];
    return object?.type === "ObjectExpression" ? { kind: "object", module, node: object } : null;
  }
  if (parent?.type !== "AssignmentExpression" || !isMember(parent.left)) return null;
  if (memberName(parent.left) === null) return null;
  const owner = evaluator
    .evaluate(module, parent.left.object)
    .find((value) => ["instance", "class", "object"].includes(value.kind));
  return owner ?? null;
}
