import type * as t from "@babel/types";
import { type FunctionNode, isFunctionNode } from "./functionAt.ts";
import { isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { propertyName } from "./scope.ts";

/** A function's name as V8 would infer it: its own, or that of the variable or property it is put into. */
export function functionName(module: ModuleIndex, node: FunctionNode): string | null {
  if ("id" in node && node.id) return node.id.name;
  const around = module.ancestors(node);
  if ("key" in node) {
    const name = propertyName(node.key, "computed" in node && node.computed === true);
    return node.type === "ObjectMethod" ? name : qualified(around.at(-2), name);
  }
  const parent = around.at(-1);
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : null;
    case "AssignmentExpression":
    case "AssignmentPattern":
      if (parent.left.type === "Identifier") return parent.left.name;
      return isMember(parent.left) ? memberName(parent.left) : null;
    case "ObjectProperty":
      return propertyName(parent.key, parent.computed);
    case "ClassProperty":
    case "ClassPrivateProperty":
    case "ClassAccessorProperty":
      return propertyName(parent.key, parent.type === "ClassProperty" && parent.computed === true);
    case "ExportDefaultDeclaration":
      return "default";
    default:
      return null;
  }
}

/** The function around a node; null at top level. */
export function enclosingFunction(module: ModuleIndex, node: t.Node): FunctionNode | null {
  return module.ancestors(node).findLast(isFunctionNode) ?? null;
}

function qualified(owner: t.Node | undefined, name: string | null): string | null {
  const isNamed = owner?.type === "ClassDeclaration" || owner?.type === "ClassExpression";
  if (name === null || !isNamed || !owner.id) return name;
  return name === "constructor" ? owner.id.name : `${owner.id.name}.${name}`;
}
