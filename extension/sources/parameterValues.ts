import type * as t from "@babel/types";
import { type FunctionNode, isFunctionNode } from "./functionAt.ts";
import { type CallNode, isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { propertyName } from "./scope.ts";
import { type Evaluator, unknownValue, type Value } from "./value.ts";

/** What callers pass for a parameter. Contains `unknown` when there may be callers that aren't known. */
export function parameterValues(
  evaluator: Evaluator,
  module: ModuleIndex,
  owner: FunctionNode,
  index: number,
): readonly Value[] {
  const around = module.ancestors(owner);
  const parent = around.at(-1);
  if (parent !== undefined && isCall(parent) && parent.callee === owner) {
    return argumentValues(evaluator, module, parent, index);
  }
  const callable = callableOf(module, owner, around);
  if (callable === null) return [unknownValue];
  const isShared = isExported(evaluator, module, callable.node);
  if (isShared) evaluator.set.wantImporters(module);
  const found = evaluator.set.modules.flatMap((caller) =>
    callNames(callable.names, caller).flatMap((name) =>
      (caller.callsByName.get(name) ?? [])
        .filter((call) => isCallOf(evaluator, caller, call, callable.node))
        .flatMap((call) => argumentValues(evaluator, caller, call, index)),
    ),
  );
  // Callers outside of what was loaded can't be excluded for something that is exported.
  return isShared || found.length === 0 ? [...found, unknownValue] : found;
}

interface Callable {
  /** The class in place of its constructor. */
  readonly node: FunctionNode | t.Class;
  readonly names: readonly string[];
}

function callableOf(
  module: ModuleIndex,
  owner: FunctionNode,
  around: readonly t.Node[],
): Callable | null {
  if (owner.type === "ClassMethod" && owner.kind === "constructor") {
    const node = around.at(-2);
    if (node?.type !== "ClassDeclaration" && node?.type !== "ClassExpression") return null;
    const names = givenNames(node, around.at(-3));
    // `super(…)` of derived classes is a call of this constructor too.
    return { node, names: [...names, ...(module.callsByName.has("super") ? ["super"] : [])] };
  }
  if ("key" in owner) {
    const name = propertyName(owner.key, "computed" in owner && owner.computed === true);
    return name === null ? null : { node: owner, names: [name] };
  }
  const names = givenNames(owner, around.at(-1));
  return names.length === 0 ? null : { node: owner, names };
}

function givenNames(node: FunctionNode | t.Class, parent: t.Node | undefined): readonly string[] {
  const names: string[] = [];
  if ("id" in node && node.id) names.push(node.id.name);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") {
    names.push(parent.id.name);
  }
  if (parent?.type === "AssignmentExpression") {
    if (parent.left.type === "Identifier") names.push(parent.left.name);
    if (isMember(parent.left)) names.push(memberName(parent.left) ?? "");
  }
  if (parent && "key" in parent && "value" in parent && parent.value === node) {
    names.push(propertyName(parent.key as t.Node, false) ?? "");
  }
  if (parent?.type === "ExportDefaultDeclaration") names.push("default");
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Another module calls it by the name that its import gave it. */
function callNames(names: readonly string[], caller: ModuleIndex): readonly string[] {
  const found = new Set(names);
  for (const binding of caller.scope.bindings.values()) {
    for (const source of binding.sources) {
      const isAlias =
        source.kind === "import" && (source.name === "default" || names.includes(source.name));
      // `const f = require("./f")` and `const { f: g } = …` as well: what they hold is checked afterwards.
      const isRenamed = source.kind === "expression" && isRename(source.node, source.path, names);
      if (isAlias || isRenamed) found.add(binding.name);
    }
  }
  return [...found];
}

function isRename(node: t.Node, path: readonly string[], names: readonly string[]): boolean {
  const last = path.at(-1);
  if (last !== undefined) return names.includes(last);
  if (isMember(node)) return names.includes(memberName(node) ?? "");
  if (node.type === "Identifier") return names.includes(node.name);
  return node.type === "CallExpression";
}

function isCallOf(
  evaluator: Evaluator,
  caller: ModuleIndex,
  call: CallNode,
  node: FunctionNode | t.Class,
): boolean {
  return evaluator
    .evaluate(caller, call.callee)
    .some((callee) => "node" in callee && callee.node === node);
}

function isExported(
  evaluator: Evaluator,
  module: ModuleIndex,
  node: FunctionNode | t.Class,
): boolean {
  const owner = isFunctionNode(node) && "key" in node ? module.ancestors(node).at(-2) : undefined;
  for (const sources of module.exported.values()) {
    for (const source of sources) {
      // What a call returns is seldom the function sought, and costs the most to find out.
      if (source.kind !== "expression" || source.node.type === "CallExpression") continue;
      const values = evaluator.evaluate(module, source.node);
      if (
        values.some((value) => "node" in value && (value.node === node || value.node === owner))
      ) {
        return true;
      }
    }
  }
  return false;
}

function argumentValues(
  evaluator: Evaluator,
  module: ModuleIndex,
  call: CallNode,
  index: number,
): readonly Value[] {
  const before = call.arguments.slice(0, index + 1);
  if (before.some((argument) => argument.type === "SpreadElement")) return [unknownValue];
  const argument = before[index];
  // Nothing passed: the parameter's default, if any, is a source of its own.
  return argument === undefined ? [] : evaluator.evaluate(module, argument);
}

function isCall(node: t.Node): node is CallNode {
  return (
    node.type === "CallExpression" ||
    node.type === "OptionalCallExpression" ||
    node.type === "NewExpression"
  );
}
