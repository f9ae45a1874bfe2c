import type * as t from "@babel/types";
import { walk } from "estree-walker";
import { endOffset, type FunctionNode, isFunctionNode, startOffset } from "./functionAt.ts";
import { indexExport, indexModuleExportsAssignment, type ModuleExports } from "./moduleExports.ts";
import type { ParsedScript } from "./parseScript.ts";
import { returnedExpressions } from "./returnedExpressions.ts";
import {
  createScope,
  declare,
  patternNames,
  propertyName,
  resolveName,
  type Scope,
  type ValueSource,
  varScope,
} from "./scope.ts";

export type CallNode = t.CallExpression | t.OptionalCallExpression | t.NewExpression;
export type MemberNode = t.MemberExpression | t.OptionalMemberExpression;

/** A value put into a property: `object.name = value`, or a field of a class. */
export interface MemberAssignment {
  readonly object: t.Node;
  readonly value: t.Node;
}

/** What one walk over a script collects, so that questions need no further walk. */
export interface ModuleIndex extends ModuleExports {
  readonly script: ParsedScript;
  readonly scope: Scope;
  /** In order of their beginning. */
  readonly functions: readonly FunctionNode[];
  readonly newExpressions: readonly t.NewExpression[];
  /** Classes that extend something. */
  readonly derivedClasses: readonly t.Class[];
  /** Calls whose callee is a property `register`. */
  readonly registerCalls: readonly CallNode[];
  /** Calls by the last name in their callee: `f` for `f()`, `a.f()` and `new f()`. */
  readonly callsByName: ReadonlyMap<string, readonly CallNode[]>;
  readonly memberAssignments: ReadonlyMap<string, readonly MemberAssignment[]>;
  /** Objects and patterns around a node, outermost first. */
  ancestors(node: t.Node): readonly t.Node[];
  /** The expressions that a function of this script returns. */
  returned(node: FunctionNode): readonly t.Node[];
}

export function indexModule(script: ParsedScript): ModuleIndex {
  const root = createScope(script.program, null, true);
  const functions: FunctionNode[] = [];
  const newExpressions: t.NewExpression[] = [];
  const registerCalls: CallNode[] = [];
  const callsByName = new Map<string, CallNode[]>();
  const memberAssignments = new Map<string, MemberAssignment[]>();
  const assignments: t.AssignmentExpression[] = [];
  const iterations: (t.ForOfStatement | t.ForInStatement)[] = [];
  const derivedClasses: t.Class[] = [];
  const moduleExports = { exported: new Map<string, ValueSource[]>(), reexported: [] as string[] };
  const scopes = new Map<t.Node, Scope>();
  let scope = root;

  const enter = (node: t.Node, parent: t.Node | null) => {
    declareNames(node, parent, scope);
    const inner = innerScope(node, parent, scope);
    if (inner !== null) {
      scopes.set(node, inner);
      scope = inner;
    }
    if (isFunctionNode(node)) functions.push(node);
    switch (node.type) {
      case "NewExpression":
        newExpressions.push(node);
        addCall(node);
        break;
      case "CallExpression":
      case "OptionalCallExpression":
        addCall(node);
        addDefinedProperty(node);
        break;
      case "AssignmentExpression":
        assignments.push(node);
        break;
      case "ForOfStatement":
      case "ForInStatement":
        iterations.push(node);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        if (node.superClass) derivedClasses.push(node);
        break;
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
      case "TSExportAssignment":
        indexExport(node, moduleExports);
        break;
    }
  };
  const addCall = (call: CallNode) => {
    const name = calleeName(call.callee);
    if (name === null) return;
    push(callsByName, name, call);
    if (name === "register" && isMember(call.callee)) registerCalls.push(call);
  };
  // What compilers make of class fields: `__publicField(this, "name", value)`, `Object.defineProperty(…)`.
  const addDefinedProperty = (call: t.CallExpression | t.OptionalCallExpression) => {
    const [object, key, value] = call.arguments;
    addWeakMapField(call);
    if (object === undefined || key === undefined || value === undefined) return;
    const name = calleeName(call.callee) ?? "";
    if (/^_*(?:publicField|defineProperty|defNormalProp)\d*$/i.test(name)) {
      if (key.type !== "StringLiteral") return;
      const described = name === "defineProperty" ? describedValue(value) : value;
      if (described === null) return;
      push(memberAssignments, key.value, { object, value: described });
      indexModuleExportsAssignment(object, key.value, described, moduleExports);
    } else if (/^_*private(?:Add|Set)\d*$/.test(name) && key.type === "Identifier") {
      push(memberAssignments, `#${key.name}`, { object, value });
    } else if (
      /^_*class_?private_?field_?(?:init|set)\d*$/i.test(name) &&
      key.type === "Identifier"
    ) {
      push(memberAssignments, `#${key.name}`, { object, value: setDescriptor(value) });
    }
  };
  // TypeScript's private fields for old targets: `_Name_field.set(this, value)`.
  const addWeakMapField = (call: t.CallExpression | t.OptionalCallExpression) => {
    const { callee } = call;
    const [object, value] = call.arguments;
    if (object?.type !== "ThisExpression" || value === undefined || !isMember(callee)) return;
    if (callee.object.type !== "Identifier" || memberName(callee) !== "set") return;
    push(memberAssignments, `#${callee.object.name}`, { object, value });
  };

  // Babel's nodes have the shape the walker needs, only their types are others.
  walk(script.program as never, {
    enter(node, parent) {
      enter(node as unknown as t.Node, parent as unknown as t.Node | null);
    },
    leave(node) {
      const left = scopes.get(node as unknown as t.Node);
      if (left?.parent) scope = left.parent;
    },
  });
  // Hoisting: what a name means is known only when all declarations are.
  for (const assignment of assignments) {
    indexAssignment(assignment, root, memberAssignments);
    const { left, right } = assignment;
    if (!isMember(left)) continue;
    const name = memberName(left);
    if (name !== null) indexModuleExportsAssignment(left.object, name, right, moduleExports);
  }
  for (const { left } of iterations) {
    for (const { name } of patternNames(left)) {
      resolveName(root, name, startOffset(left))?.sources.push({ kind: "opaque" });
    }
  }
  const knownAncestors = new WeakMap<t.Node, readonly t.Node[]>();
  const knownReturned = new WeakMap<FunctionNode, readonly t.Node[]>();
  functions.sort((a, b) => startOffset(a) - startOffset(b) || endOffset(b) - endOffset(a));
  return {
    ...moduleExports,
    script,
    scope: root,
    functions,
    newExpressions,
    derivedClasses,
    registerCalls,
    callsByName,
    memberAssignments,
    ancestors: (node) => remembered(knownAncestors, node, () => ancestors(script.program, node)),
    returned: (node) => remembered(knownReturned, node, () => returnedExpressions(node)),
  };
}

function innerScope(node: t.Node, parent: t.Node | null, outer: Scope): Scope | null {
  if (isFunctionNode(node)) {
    const scope = createScope(node, outer, true);
    if (node.type === "FunctionExpression" && node.id) {
      declare(scope, node.id.name, { kind: "expression", node, path: [] });
    }
    node.params.forEach((parameter, index) => {
      for (const { name, path, fallback } of patternNames(parameter)) {
        if (path === null) declare(scope, name, { kind: "opaque" });
        else declare(scope, name, { kind: "parameter", function: node, index, path });
        if (fallback !== null)
          declare(scope, name, { kind: "expression", node: fallback, path: [] });
      }
    });
    return scope;
  }
  switch (node.type) {
    case "BlockStatement":
      // A function's own braces are part of its scope.
      return parent !== null && isFunctionNode(parent) ? null : createScope(node, outer, false);
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "SwitchStatement":
      return createScope(node, outer, false);
    case "StaticBlock":
    case "TSModuleBlock":
      return createScope(node, outer, true);
    case "CatchClause": {
      const scope = createScope(node, outer, false);
      if (node.param) {
        for (const { name } of patternNames(node.param)) declare(scope, name, { kind: "opaque" });
      }
      return scope;
    }
    case "ClassExpression": {
      if (!node.id) return null;
      const scope = createScope(node, outer, false);
      declare(scope, node.id.name, { kind: "expression", node, path: [] });
      return scope;
    }
    default:
      return null;
  }
}

function declareNames(node: t.Node, parent: t.Node | null, scope: Scope): void {
  // TypeScript's `declare var FinalizationRegistry` tells of a global and makes no variable.
  if ("declare" in node && node.declare === true) return;
  switch (node.type) {
    case "VariableDeclaration": {
      const target = node.kind === "var" ? varScope(scope) : scope;
      const isLoopVariable = parent !== null && isIteration(parent) && parent.left === node;
      for (const { id, init } of node.declarations) {
        for (const { name, path, fallback } of patternNames(id)) {
          // Without a value it is declared here and assigned elsewhere.
          const isPlain = !init && path?.length === 0 && !isLoopVariable;
          if (init && path !== null)
            declare(target, name, { kind: "expression", node: init, path });
          else if (!isPlain) declare(target, name, { kind: "opaque" });
          else if (!target.bindings.has(name)) declareEmpty(target, name);
          if (fallback !== null)
            declare(target, name, { kind: "expression", node: fallback, path: [] });
        }
      }
      break;
    }
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (node.id) declare(scope, node.id.name, { kind: "expression", node, path: [] });
      break;
    case "ImportDeclaration":
      for (const imported of node.specifiers) {
        const name =
          imported.type === "ImportSpecifier"
            ? (propertyName(imported.imported, false) ?? "")
            : imported.type === "ImportDefaultSpecifier"
              ? "default"
              : "*";
        declare(scope, imported.local.name, { kind: "import", specifier: node.source.value, name });
      }
      break;
    case "TSImportEqualsDeclaration":
      if (node.moduleReference.type === "TSExternalModuleReference") {
        const specifier = node.moduleReference.expression.value;
        declare(scope, node.id.name, { kind: "import", specifier, name: "*" });
      }
      break;
    case "TSEnumDeclaration":
      declare(scope, node.id.name, { kind: "opaque" });
      break;
  }
}

function isIteration(node: t.Node): node is t.ForOfStatement | t.ForInStatement {
  return node.type === "ForOfStatement" || node.type === "ForInStatement";
}

function declareEmpty(scope: Scope, name: string): void {
  scope.bindings.set(name, { name, scope, sources: [] });
}

function indexAssignment(
  assignment: t.AssignmentExpression,
  root: Scope,
  memberAssignments: Map<string, MemberAssignment[]>,
): void {
  // `+=` makes a new value; `??=`, `||=` and `&&=` pass the right side on.
  if (!["=", "??=", "||=", "&&="].includes(assignment.operator)) return;
  const { left, right } = assignment;
  if (isMember(left)) {
    const name = memberName(left);
    if (name !== null) push(memberAssignments, name, { object: left.object, value: right });
    return;
  }
  for (const { name, path } of patternNames(left)) {
    const binding = resolveName(root, name, startOffset(assignment));
    if (path === null) binding?.sources.push({ kind: "opaque" });
    else binding?.sources.push({ kind: "expression", node: right, path });
  }
}

function describedValue(descriptor: t.Node): t.Node | null {
  if (descriptor.type !== "ObjectExpression") return null;
  for (const property of descriptor.properties) {
    if (property.type === "SpreadElement") continue;
    const name = propertyName(property.key, property.computed);
    if (name === "value" && property.type === "ObjectProperty") return property.value;
    if (name !== "get") continue;
    const getter = property.type === "ObjectMethod" ? property : property.value;
    if (!isFunctionNode(getter)) return null;
    if (getter.body.type !== "BlockStatement") return getter.body;
    const [statement] = getter.body.body;
    return statement?.type === "ReturnStatement" ? (statement.argument ?? null) : null;
  }
  return null;
}

/** Babel's and SWC's helpers for private fields take `{ writable, value }`, TypeScript's the value itself. */
function setDescriptor(value: t.Node): t.Node {
  return (value.type === "ObjectExpression" ? describedValue(value) : null) ?? value;
}

function ancestors(program: t.Program, target: t.Node): readonly t.Node[] {
  const found: t.Node[] = [];
  let current: t.Node | null = program;
  while (current !== null && current !== target) {
    found.push(current);
    current = childAround(current, target);
  }
  return found;
}

function childAround(node: t.Node, target: t.Node): t.Node | null {
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (!isNode(child)) continue;
      if (child === target) return child;
      const isAround =
        startOffset(child) <= startOffset(target) && endOffset(target) <= endOffset(child);
      if (isAround) return child;
    }
  }
  return null;
}

function isNode(value: unknown): value is t.Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

export function isMember(node: t.Node): node is MemberNode {
  return node.type === "MemberExpression" || node.type === "OptionalMemberExpression";
}

export function memberName(node: MemberNode): string | null {
  return propertyName(node.property, node.computed);
}

/** The last name in a callee: `f` for `f`, `a.f` and `this.#f`. */
export function calleeName(callee: t.Node): string | null {
  if (callee.type === "Super") return "super";
  if (callee.type === "Identifier") return callee.name;
  if (isMember(callee)) return memberName(callee);
  // `(0, module.f)()` is how compilers call imported functions.
  if (callee.type === "SequenceExpression") {
    const last = callee.expressions.at(-1);
    return last === undefined ? null : calleeName(last);
  }
  return null;
}

function remembered<Key extends object, Result>(
  known: WeakMap<Key, Result>,
  key: Key,
  find: () => Result,
): Result {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
