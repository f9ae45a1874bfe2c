import type * as t from "@babel/types";
import { createEvaluator, quickStepLimit } from "./evaluate.ts";
import { endOffset, type FunctionNode, startOffset } from "./functionAt.ts";
import {
  type CallNode,
  isMember,
  type MemberNode,
  type ModuleIndex,
  memberName,
} from "./moduleIndex.ts";
import { classChain, isRegistryClass } from "./registryClass.ts";
import { walkOwnCode } from "./returnedExpressions.ts";
import { resolveName } from "./scope.ts";
import { type Evaluator, type ModuleSet, unknownValue, type Value } from "./value.ts";

/** A place in the text where registries are made, and what is passed as their cleanup callback. */
export interface RegistryCreation {
  readonly module: ModuleIndex;
  /** A `new` expression, or a call of `Reflect.construct`. */
  readonly node: CallNode;
  /** Functions that may be the callback; contains `unknown` when there may be others. */
  readonly callbacks: readonly Value[];
}

/** All places in the loaded modules where a FinalizationRegistry, or an object derived from it, is made. */
export function registryCreations(set: ModuleSet): readonly RegistryCreation[] {
  return set.modules.flatMap((module) =>
    module.newExpressions.flatMap((node) => {
      // A new evaluator for each: one hopeless expression must not use up the steps of all the others.
      const isCreation = createEvaluator(set, quickStepLimit)
        .evaluate(module, node)
        .some((value) => value.kind === "registry" && value.node === node);
      return isCreation ? [{ module, node, callbacks: callbackValues(set, module, node) }] : [];
    }),
  );
}

/** `register` is a common name: a bundle can have thousands of calls that are none of a registry. */
const receiverStepLimit = 2000;

export interface RegisterCall {
  readonly module: ModuleIndex;
  readonly call: t.Node;
  /** What V8 gives as the position of the call. */
  readonly offset: number;
}

/** Calls of `register` on registries made at one place, in the order of modules and text. */
export function registerCalls(set: ModuleSet, creation: RegistryCreation): readonly RegisterCall[] {
  const classes = creationClasses(createEvaluator(set), creation);
  const found = set.modules.flatMap((module) =>
    module.registerCalls.flatMap((call) => {
      if (!isMember(call.callee)) return [];
      const receivers = createEvaluator(set, receiverStepLimit).evaluate(
        module,
        call.callee.object,
      );
      const isReceiver = receivers.some(
        (value) =>
          (value.kind === "registry" && value.node === creation.node) ||
          (value.kind === "instance" && classes.some((place) => place.node === value.node)),
      );
      const couldBe = receivers.some((value) => value.kind === "unknown");
      return isReceiver || couldBe
        ? [
            {
              module,
              call,
              offset: callOffset(module.script.text, call, call.callee),
              object: call.callee.object,
              isReceiver,
            },
          ]
        : [];
    }),
  );
  const proved = found.filter((entry) => entry.isReceiver);
  if (proved.length > 0) return proved;
  // Out of sight, for instance in a map of registries. A property or variable of the same name may be it.
  const names = holderNames(creation);
  const named = found.filter((entry) => names.has(lastName(entry.object) ?? ""));
  if (named.length > 0) return named;
  return found.filter(
    (entry) => entry.module === creation.module && entry.call.arguments.length > 1,
  );
}

/**
 * V8 reports a call at the name in front of its parenthesis, and at the parenthesis when something else is
 * in front of it: `r["register"](o)`, `(r.register)(o)`, `r.register?.(o)`.
 */
function callOffset(text: string, call: CallNode, callee: MemberNode): number {
  const isParenthesized = callee.extra?.["parenthesized"] === true;
  const isOptional = call.type === "OptionalCallExpression" && call.optional;
  if (!callee.computed && !isParenthesized && !isOptional) return startOffset(callee.property);
  const parenthesis = text.indexOf("(", endOffset(callee));
  return parenthesis < 0 ? startOffset(callee.property) : parenthesis;
}

/** The class given to `new` and its base classes, when it isn't FinalizationRegistry itself. */
function creationClasses(evaluator: Evaluator, creation: RegistryCreation) {
  return evaluator
    .evaluate(creation.module, creation.node.callee)
    .flatMap((value) => (value.kind === "class" ? classChain(evaluator, value) : []));
}

interface Argument {
  readonly module: ModuleIndex;
  readonly node: t.Node;
}

function callbackValues(
  set: ModuleSet,
  module: ModuleIndex,
  node: t.NewExpression,
): readonly Value[] {
  const evaluator = createEvaluator(set);
  return evaluator.evaluate(module, node.callee).flatMap((callee): readonly Value[] => {
    const passed: Argument[] = node.arguments.map((argument) => ({ module, node: argument }));
    if (callee.kind === "registryClass") return firstArgument(evaluator, passed);
    if (callee.kind !== "class" || !isRegistryClass(evaluator, callee)) return [];
    const received = classChain(evaluator, callee).reduce(superArguments, passed);
    return firstArgument(evaluator, received);
  });
}

function firstArgument(evaluator: Evaluator, passed: readonly Argument[]): readonly Value[] {
  const [first] = passed;
  if (first === undefined) return [unknownValue];
  if (isBuiltIn(first)) return [];
  return evaluator.evaluate(first.module, first.node);
}

/** What a class passes on to its base class's constructor, given what it was called with. */
function superArguments(
  passed: Argument[],
  { module, node }: { readonly module: ModuleIndex; readonly node: t.Class },
): Argument[] {
  const initializer = node.body.body.find(
    (element): element is t.ClassMethod =>
      element.type === "ClassMethod" && element.kind === "constructor",
  );
  // Without a constructor everything is passed on.
  if (initializer === undefined) return passed;
  let received: Argument[] = [];
  walkOwnCode(initializer, (inner) => {
    if (inner.type !== "CallExpression" || inner.callee.type !== "Super") return;
    received = inner.arguments.flatMap((argument): readonly Argument[] => {
      const given = parameterIndex(initializer, argument);
      if (given?.isRest) return passed.slice(given.index);
      const substitute = given === null ? undefined : passed[given.index];
      return [substitute ?? { module, node: argument }];
    });
  });
  return received;
}

function parameterIndex(
  owner: FunctionNode,
  argument: t.Node,
): { readonly index: number; readonly isRest: boolean } | null {
  const isRest = argument.type === "SpreadElement";
  const name = isRest ? argument.argument : argument;
  if (name.type !== "Identifier") return null;
  const index = owner.params.findIndex((parameter) => {
    const target = parameter.type === "RestElement" ? parameter.argument : parameter;
    const plain = target.type === "AssignmentPattern" ? target.left : target;
    return plain.type === "Identifier" && plain.name === name.name;
  });
  return index < 0 ? null : { index, isRest };
}

const builtInOwners = new Set(["console", "process", "Reflect", "Object", "Function", "Math"]);
const builtInFunctions = new Set(["clearTimeout", "clearInterval", "clearImmediate", "Boolean"]);

/** `console.log` and the like: a callback that is known to be none of the user's functions. */
function isBuiltIn({ module, node }: Argument): boolean {
  const root = isMember(node) ? node.object : node;
  if (root.type !== "Identifier") return false;
  const names = isMember(node) ? builtInOwners : builtInFunctions;
  return names.has(root.name) && resolveName(module.scope, root.name, startOffset(root)) === null;
}

/** Names of the variable, field or property that a registry is put into. */
function holderNames(creation: RegistryCreation): ReadonlySet<string> {
  const parent = creation.module.ancestors(creation.node).at(-1);
  const holder =
    parent?.type === "VariableDeclarator"
      ? parent.id
      : parent?.type === "AssignmentExpression"
        ? parent.left
        : parent !== undefined && "key" in parent
          ? parent.key
          : null;
  const name = holder === null ? null : lastName(holder);
  return new Set(name === null ? [] : [name]);
}

function lastName(node: t.Node): string | null {
  if (isMember(node)) return memberName(node);
  if (node.type === "Identifier") return node.name;
  return node.type === "PrivateName" ? `#${node.id.name}` : null;
}
