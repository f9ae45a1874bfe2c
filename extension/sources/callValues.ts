import type * as t from "@babel/types";
import { startOffset } from "./functionAt.ts";
import { calleeName, isMember, type ModuleIndex, memberName } from "./moduleIndex.ts";
import { resolveName } from "./scope.ts";
import { type Evaluator, unknownValue, type Value } from "./value.ts";

type ImportValues = (module: ModuleIndex, specifier: string, name: string) => readonly Value[];

/** Helpers that compilers put around `require`: TypeScript, Babel, SWC, esbuild. */
const interopHelper =
  /^_*(?:import_?(?:star|default)|interop_?require_?(?:wildcard|default)|to_?esm)\d*$/i;
/** Helpers that read a private field kept in a WeakMap: esbuild, TypeScript, Babel, SWC. */
const privateRead = /^_*(?:private(?:Get|Method)|class_?private_?field_?get\d*)\d*$/i;

/** What a call may return. */
export function callValues(
  evaluator: Evaluator,
  module: ModuleIndex,
  call: t.CallExpression | t.OptionalCallExpression,
  importValues: ImportValues,
): readonly Value[] {
  const { callee } = call;
  const [first, second] = call.arguments;
  const specifier = first?.type === "StringLiteral" ? first.value : null;
  if (callee.type === "Import" && specifier !== null) return importValues(module, specifier, "*");
  const name = calleeName(callee) ?? "";
  if (callee.type === "Identifier") {
    const isGlobal = resolveName(module.scope, name, startOffset(callee)) === null;
    if (name === "require" && specifier !== null && isGlobal) {
      const imported = importValues(module, specifier, "*");
      return imported.flatMap((value) => requiredValues(value, evaluator));
    }
  }
  if (interopHelper.test(name) && first) return evaluator.evaluate(module, first);
  if (privateRead.test(name) && second?.type === "Identifier" && first) {
    return evaluator.member(evaluator.evaluate(module, first), `#${second.name}`);
  }
  if (isMember(callee)) {
    const method = memberName(callee);
    if (method === "bind") return evaluator.evaluate(module, callee.object);
    const isObject = callee.object.type === "Identifier" && callee.object.name === "Object";
    if (
      isObject &&
      first &&
      ["assign", "freeze", "seal", "preventExtensions"].includes(method ?? "")
    ) {
      return call.arguments.flatMap((argument) => evaluator.evaluate(module, argument));
    }
  }
  return returnedValues(evaluator, module, call);
}

/** `require` gives what the module assigned to `module.exports`, or its object of exports. */
function requiredValues(value: Value, evaluator: Evaluator): readonly Value[] {
  if (value.kind !== "module" || !value.module.exported.has("module.exports")) return [value];
  const whole = evaluator.member([value], "module.exports");
  // Properties can be added to it as well: `module.exports = f; module.exports.name = g`.
  return [...whole, value];
}

function returnedValues(
  evaluator: Evaluator,
  module: ModuleIndex,
  call: t.CallExpression | t.OptionalCallExpression,
): readonly Value[] {
  const returned = evaluator.evaluate(module, call.callee).flatMap((callee): readonly Value[] => {
    if (callee.kind !== "function") return [unknownValue];
    return callee.module
      .returned(callee.node)
      .flatMap((node) => evaluator.evaluate(callee.module, node));
  });
  const wrapped = call.arguments.flatMap((argument): readonly Value[] =>
    evaluator
      .evaluate(module, argument)
      .flatMap((value) => (value.kind === "function" ? [{ ...value, through: "wrapper" }] : [])),
  );
  if (wrapped.length === 0) return returned.length === 0 ? [unknownValue] : returned;
  // A wrapper that can't be looked into returns a function of its own around the one it was given.
  return [...returned.filter((value) => value.kind !== "unknown"), ...wrapped];
}
