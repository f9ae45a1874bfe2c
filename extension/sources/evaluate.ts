import type * as t from "@babel/types";
import { callValues } from "./callValues.ts";
import { isFunctionNode, startOffset } from "./functionAt.ts";
import { memberValues, overriddenValues } from "./memberValues.ts";
import { isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { parameterValues } from "./parameterValues.ts";
import { isRegistryClass } from "./registryClass.ts";
import { resolveName, type ValueSource } from "./scope.ts";
import { thisValue } from "./thisValue.ts";
import {
  distinctValues,
  type Evaluator,
  type ModuleSet,
  unknownValue,
  type Value,
} from "./value.ts";

const globalNames = new Set(["globalThis", "global", "window", "self"]);
/** Values looked at for a question that matters. Real ones need hundreds; cycles in bundles could need millions. */
const fullStepLimit = 20_000;
/** Values looked at to sort out the thousands of expressions that are probably not what is sought. */
export const quickStepLimit = 150;
const depthLimit = 60;

/**
 * An evaluator for one question: from an expression to what it may be, by way of variables, properties,
 * parameters, returned values and imports. In spirit a field-based, flow-insensitive analysis (Feldthaus
 * et al., ICSE 2013), but on demand and backwards from the expression.
 */
export function createEvaluator(set: ModuleSet, stepLimit = fullStepLimit): Evaluator {
  const underWay = new Set<object>();
  let steps = 0;

  const evaluator: Evaluator = {
    set,
    evaluate: (module, node) => guarded(node, () => evaluateNode(module, node)),
    member(owners, name) {
      return distinctValues(
        owners.flatMap((owner) => memberValues(evaluator, owner, name, exportValues)),
      );
    },
  };

  /** Values that depend on themselves add nothing to themselves. */
  function guarded(key: object, work: () => readonly Value[]): readonly Value[] {
    if (underWay.has(key)) return [];
    if (++steps > stepLimit || underWay.size > depthLimit) return [unknownValue];
    underWay.add(key);
    try {
      return distinctValues(work());
    } finally {
      underWay.delete(key);
    }
  }

  function evaluateNode(module: ModuleIndex, node: t.Node): readonly Value[] {
    const evaluate = (inner: t.Node) => evaluator.evaluate(module, inner);
    if (isFunctionNode(node)) return [{ kind: "function", module, node, through: "itself" }];
    if (isMember(node)) {
      const name = memberName(node) ?? literalIndex(node);
      if (name === null) return [unknownValue];
      const owners = evaluate(node.object);
      const values = evaluator.member(owners, name);
      if (node.object.type !== "ThisExpression") return values;
      // Only of `this` isn't the class known: it may be a derived one.
      return [...values, ...owners.flatMap((owner) => overriddenValues(evaluator, owner, name))];
    }
    switch (node.type) {
      case "Identifier":
        return identifierValues(module, node);
      case "ClassDeclaration":
      case "ClassExpression":
        return [{ kind: "class", module, node }];
      case "ObjectExpression":
      case "ArrayExpression":
        return [{ kind: "object", module, node }];
      case "ThisExpression":
        return [thisValue(evaluator, module, node)];
      case "Super":
        return superValues(module, node);
      case "NewExpression":
        return newValues(module, node);
      case "CallExpression":
      case "OptionalCallExpression":
        return callValues(evaluator, module, node, importValues);
      case "ImportExpression":
        return node.source.type === "StringLiteral"
          ? importValues(module, node.source.value, "*")
          : [unknownValue];
      case "ParenthesizedExpression":
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSNonNullExpression":
      case "TSTypeAssertion":
      case "TSInstantiationExpression":
      case "TypeCastExpression":
        return evaluate(node.expression);
      case "AwaitExpression":
        return evaluate(node.argument);
      case "AssignmentExpression":
        return evaluate(node.right);
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        return last === undefined ? [unknownValue] : evaluate(last);
      }
      case "ConditionalExpression":
        return [...evaluate(node.consequent), ...evaluate(node.alternate)];
      case "LogicalExpression":
        // `typeof x === "function" && x`: what the left side of `&&` is only comes out when it is falsy.
        return node.operator === "&&"
          ? evaluate(node.right)
          : [...evaluate(node.left), ...evaluate(node.right)];
      case "NullLiteral":
      case "BooleanLiteral":
      case "NumericLiteral":
      case "StringLiteral":
        return [];
      case "UnaryExpression":
        return node.operator === "void" ? [] : [unknownValue];
      default:
        return [unknownValue];
    }
  }

  function identifierValues(module: ModuleIndex, node: t.Identifier): readonly Value[] {
    const binding = resolveName(module.scope, node.name, startOffset(node));
    if (binding !== null) {
      return guarded(binding, () =>
        binding.sources.flatMap((source) => sourceValues(module, source)),
      );
    }
    if (node.name === "FinalizationRegistry") return [{ kind: "registryClass" }];
    if (globalNames.has(node.name)) return [{ kind: "globalObject" }];
    if (node.name === "undefined") return [];
    if (node.name === "exports") return [{ kind: "module", module }];
    return [unknownValue];
  }

  function sourceValues(module: ModuleIndex, source: ValueSource): readonly Value[] {
    switch (source.kind) {
      case "expression":
        return source.path.reduce(
          (values, name) => evaluator.member(values, name),
          evaluator.evaluate(module, source.node),
        );
      case "parameter":
        return source.path.reduce(
          (values, name) => evaluator.member(values, name),
          parameterValues(evaluator, module, source.function, source.index),
        );
      case "import":
        return importValues(module, source.specifier, source.name);
      case "opaque":
        return [unknownValue];
    }
  }

  function importValues(module: ModuleIndex, specifier: string, name: string): readonly Value[] {
    const imported = set.resolve(module, specifier);
    if (imported === null) return [unknownValue];
    return name === "*" ? [{ kind: "module", module: imported }] : exportValues(imported, name);
  }

  function exportValues(module: ModuleIndex, name: string): readonly Value[] {
    const own = module.exported.get(name);
    if (own !== undefined) {
      return guarded(own, () => own.flatMap((source) => sourceValues(module, source)));
    }
    const whole = module.exported.get("module.exports");
    if (whole !== undefined) {
      const values = guarded(whole, () => whole.flatMap((source) => sourceValues(module, source)));
      return name === "default" ? values : evaluator.member(values, name);
    }
    // `require` and interop helpers give the module itself as its default.
    if (name === "default") return [{ kind: "module", module }];
    const found = guarded(module.exported, () =>
      module.reexported.flatMap((specifier) => importValues(module, specifier, name)),
    );
    return found.length === 0 ? [unknownValue] : found;
  }

  function newValues(module: ModuleIndex, node: t.NewExpression): readonly Value[] {
    return evaluator.evaluate(module, node.callee).map((callee): Value => {
      if (callee.kind === "registryClass") return { kind: "registry", module, node };
      if (callee.kind === "class") {
        if (isRegistryClass(evaluator, callee)) return { kind: "registry", module, node };
        return { kind: "instance", module: callee.module, node: callee.node };
      }
      if (callee.kind === "function") {
        return { kind: "instance", module: callee.module, node: callee.node };
      }
      return unknownValue;
    });
  }

  function superValues(module: ModuleIndex, node: t.Node): readonly Value[] {
    const own = thisValue(evaluator, module, node);
    if (own.kind !== "instance" && own.kind !== "class") return [unknownValue];
    if (isFunctionNode(own.node) || !own.node.superClass) return [unknownValue];
    return evaluator.evaluate(own.module, own.node.superClass).map((parent): Value => {
      if (parent.kind !== "class") return unknownValue;
      return { kind: own.kind, module: parent.module, node: parent.node };
    });
  }

  return evaluator;
}

function literalIndex(node: t.MemberExpression | t.OptionalMemberExpression): string | null {
  return node.property.type === "NumericLiteral" ? String(node.property.value) : null;
}
