import type * as t from "@babel/types";
import { type FunctionNode, isFunctionNode } from "./functionAt.ts";
import type { ModuleIndex } from "./moduleIndex.ts";
import { classChain } from "./registryClass.ts";
import { propertyName } from "./scope.ts";
import { type Evaluator, isSameValue, unknownValue, type Value } from "./value.ts";

type ExportValues = (module: ModuleIndex, name: string) => readonly Value[];

/** What a property of a value may be; `unknown` when nothing in the text says. */
export function memberValues(
  evaluator: Evaluator,
  owner: Value,
  name: string,
  exportValues: ExportValues,
): readonly Value[] {
  const found = knownMemberValues(evaluator, owner, name, exportValues);
  return found.length === 0 ? [unknownValue] : found;
}

function knownMemberValues(
  evaluator: Evaluator,
  owner: Value,
  name: string,
  exportValues: ExportValues,
): readonly Value[] {
  switch (owner.kind) {
    case "globalObject":
      if (name === "FinalizationRegistry") return [{ kind: "registryClass" }];
      return name === "globalThis" || name === "global" ? [owner] : [];
    case "module":
      return exportValues(owner.module, name);
    case "object":
      return [
        ...objectMember(evaluator, owner.module, owner.node, name),
        ...assigned(evaluator, owner, name),
      ];
    case "class":
    case "function":
      if (name === "prototype")
        return [{ kind: "instance", module: owner.module, node: owner.node }];
      return [...classMember(evaluator, owner, name), ...assigned(evaluator, owner, name)];
    case "instance":
      if (name === "constructor") return [];
      return [...classMember(evaluator, owner, name), ...assigned(evaluator, owner, name)];
    case "registry":
    case "registryClass":
    case "unknown":
      return [];
  }
}

function objectMember(
  evaluator: Evaluator,
  module: ModuleIndex,
  node: t.ObjectExpression | t.ArrayExpression,
  name: string,
): readonly Value[] {
  if (node.type === "ArrayExpression") {
    const element = node.elements[Number(name)];
    return element ? evaluator.evaluate(module, element) : [];
  }
  return node.properties.flatMap((property) => {
    if (property.type === "SpreadElement") {
      const spread = evaluator.evaluate(module, property.argument);
      return evaluator.member(spread, name).filter((value) => value.kind !== "unknown");
    }
    if (propertyName(property.key, property.computed) !== name) return [];
    if (property.type === "ObjectProperty") return evaluator.evaluate(module, property.value);
    return methodValues(evaluator, module, property);
  });
}

function classMember(
  evaluator: Evaluator,
  owner: Extract<Value, { kind: "class" | "instance" | "function" }>,
  name: string,
): readonly Value[] {
  const { node } = owner;
  if (isFunctionNode(node)) return [];
  for (const place of classChain(evaluator, { module: owner.module, node })) {
    for (const element of place.node.body.body) {
      if (!("key" in element) || !("static" in element)) continue;
      if ((element.static === true) !== (owner.kind === "class")) continue;
      const computed = "computed" in element && element.computed === true;
      if (propertyName(element.key, computed) !== name) continue;
      if (isFunctionNode(element)) return methodValues(evaluator, place.module, element);
      // A field without a value is assigned elsewhere.
      if ("value" in element && element.value) {
        return evaluator.evaluate(place.module, element.value);
      }
    }
  }
  return [];
}

/** What a member is in the classes derived from that of an instance, as far as they define it anew. */
export function overriddenValues(
  evaluator: Evaluator,
  owner: Value,
  name: string,
): readonly Value[] {
  if (owner.kind !== "instance" && owner.kind !== "class") return [];
  if (isFunctionNode(owner.node) || name.startsWith("#")) return [];
  return evaluator.set.modules.flatMap((module) =>
    module.derivedClasses.flatMap((node): readonly Value[] => {
      if (node === owner.node || !definesMember(node, name)) return [];
      const isDerived = classChain(evaluator, { module, node }).some(
        (place) => place.node === owner.node,
      );
      return isDerived ? classMember(evaluator, { kind: owner.kind, module, node }, name) : [];
    }),
  );
}

function definesMember(node: t.Class, name: string): boolean {
  return node.body.body.some(
    (element) => "key" in element && propertyName(element.key, false) === name,
  );
}

function methodValues(
  evaluator: Evaluator,
  module: ModuleIndex,
  node: FunctionNode,
): readonly Value[] {
  if ("kind" in node && node.kind === "set") return [];
  if ("kind" in node && node.kind === "get") {
    return module.returned(node).flatMap((returned) => evaluator.evaluate(module, returned));
  }
  return [{ kind: "function", module, node, through: "itself" }];
}

/** Values of assignments `owner.name = …`, where the owner may also be of a derived or a base class. */
function assigned(evaluator: Evaluator, owner: Value, name: string): readonly Value[] {
  const modules = "module" in owner ? withModule(evaluator, owner.module) : [];
  return modules.flatMap((module) =>
    (module.memberAssignments.get(name) ?? []).flatMap(({ object, value }) => {
      const isOwner = evaluator
        .evaluate(module, object)
        .some((candidate) => isRelated(evaluator, candidate, owner));
      return isOwner ? evaluator.evaluate(module, value) : [];
    }),
  );
}

/** The value's own module first: nearly always it is where its properties are assigned. */
function withModule(evaluator: Evaluator, own: ModuleIndex): readonly ModuleIndex[] {
  return [own, ...evaluator.set.modules.filter((module) => module !== own)];
}

function isRelated(evaluator: Evaluator, one: Value, other: Value): boolean {
  if (isSameValue(one, other)) return true;
  if (one.kind !== "instance" || other.kind !== "instance") return false;
  if (isFunctionNode(one.node) || isFunctionNode(other.node)) return false;
  const oneChain = classChain(evaluator, { module: one.module, node: one.node });
  const otherChain = classChain(evaluator, { module: other.module, node: other.node });
  return (
    oneChain.some((place) => place.node === other.node) ||
    otherChain.some((place) => place.node === one.node)
  );
}
