import type * as t from "@babel/types";
import { endOffset, type FunctionNode, startOffset } from "./functionAt.ts";

/** Where a variable, member or export gets a value from. All of its sources together are what it may hold. */
export type ValueSource =
  /** An expression, or what lies at `path` in it: `const { a: { b } } = expression`. */
  | { readonly kind: "expression"; readonly node: t.Node; readonly path: readonly string[] }
  /** What callers pass for a parameter. */
  | {
      readonly kind: "parameter";
      readonly function: FunctionNode;
      readonly index: number;
      readonly path: readonly string[];
    }
  /** An export of another module; `*` is the module itself. */
  | { readonly kind: "import"; readonly specifier: string; readonly name: string }
  /** Something that source text doesn't tell: a rest element, a loop variable, an `enum`. */
  | { readonly kind: "opaque" };

export interface Binding {
  readonly name: string;
  readonly scope: Scope;
  readonly sources: ValueSource[];
}

/** A region of the text in which names are declared. */
export interface Scope {
  readonly start: number;
  readonly end: number;
  readonly parent: Scope | null;
  readonly children: Scope[];
  readonly bindings: Map<string, Binding>;
  /** True where `var` ends up: functions, class static blocks and the module. */
  readonly holdsVar: boolean;
}

export function createScope(node: t.Node, parent: Scope | null, holdsVar: boolean): Scope {
  const scope: Scope = {
    start: startOffset(node),
    end: endOffset(node),
    parent,
    children: [],
    bindings: new Map(),
    holdsVar,
  };
  parent?.children.push(scope);
  return scope;
}

export function declare(scope: Scope, name: string, source: ValueSource): void {
  const known = scope.bindings.get(name);
  if (known !== undefined) known.sources.push(source);
  else scope.bindings.set(name, { name, scope, sources: [source] });
}

export function varScope(scope: Scope): Scope {
  let current = scope;
  while (!current.holdsVar && current.parent !== null) current = current.parent;
  return current;
}

/** The innermost scope around an offset. */
export function scopeAt(root: Scope, offset: number): Scope {
  let scope = root;
  for (;;) {
    const inner = childAt(scope.children, offset);
    if (inner === null) return scope;
    scope = inner;
  }
}

function childAt(children: readonly Scope[], offset: number): Scope | null {
  // Children were added in the order of the text and don't overlap.
  let low = 0;
  let high = children.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const child = children[middle];
    if (child === undefined) return null;
    if (offset < child.start) high = middle - 1;
    else if (offset >= child.end) low = middle + 1;
    else return child;
  }
  return null;
}

/** The variable that an identifier at this offset means, null for a global. */
export function resolveName(root: Scope, name: string, offset: number): Binding | null {
  let scope: Scope | null = scopeAt(root, offset);
  while (scope !== null) {
    const binding = scope.bindings.get(name);
    if (binding !== undefined) return binding;
    scope = scope.parent;
  }
  return null;
}

/** Names declared by a pattern, each with the path that leads to it; null where the path can't be said. */
export function patternNames(
  pattern: t.Node,
  path: readonly string[] | null = [],
): readonly {
  readonly name: string;
  readonly path: readonly string[] | null;
  readonly fallback: t.Node | null;
}[] {
  switch (pattern.type) {
    case "Identifier":
      return [{ name: pattern.name, path, fallback: null }];
    case "AssignmentPattern":
      return patternNames(pattern.left, path).map((entry) => ({
        ...entry,
        // Only for a plain `name = value`; a default for a whole pattern is rare and would need its path.
        fallback: pattern.left.type === "Identifier" ? pattern.right : entry.fallback,
      }));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => {
        if (property.type === "RestElement") return patternNames(property.argument, null);
        const key = propertyName(property.key, property.computed);
        return patternNames(property.value, path === null || key === null ? null : [...path, key]);
      });
    case "ArrayPattern":
      return pattern.elements.flatMap((element, index) => {
        if (element === null) return [];
        return patternNames(element, path === null ? null : [...path, String(index)]);
      });
    case "RestElement":
      return patternNames(pattern.argument, null);
    case "TSParameterProperty":
      return patternNames(pattern.parameter, path);
    default:
      return [];
  }
}

/** Name of a property key; private names begin with `#`. Null when it is computed at run time. */
export function propertyName(key: t.Node, computed: boolean): string | null {
  switch (key.type) {
    case "PrivateName":
      return `#${key.id.name}`;
    case "StringLiteral":
      return key.value;
    case "NumericLiteral":
      return String(key.value);
    case "Identifier":
      return computed ? null : key.name;
    case "TemplateLiteral":
      return key.expressions.length === 0 ? (key.quasis[0]?.value.cooked ?? null) : null;
    default:
      return null;
  }
}
