import type * as t from "@babel/types";
import { patternNames, propertyName, type ValueSource } from "./scope.ts";

export interface ModuleExports {
  /** By exported name; `default` for ES modules, `module.exports` for the whole of a CommonJS module. */
  readonly exported: ReadonlyMap<string, readonly ValueSource[]>;
  /** Specifiers of `export * from "…"`. */
  readonly reexported: readonly string[];
}

interface Collected {
  readonly exported: Map<string, ValueSource[]>;
  readonly reexported: string[];
}

export type ExportNode =
  | t.ExportNamedDeclaration
  | t.ExportDefaultDeclaration
  | t.ExportAllDeclaration
  | t.TSExportAssignment;

export function indexExport(node: ExportNode, collected: Collected): void {
  switch (node.type) {
    case "ExportAllDeclaration":
      collected.reexported.push(node.source.value);
      break;
    case "TSExportAssignment":
      add(collected, "module.exports", { kind: "expression", node: node.expression, path: [] });
      break;
    case "ExportDefaultDeclaration":
      add(collected, "default", { kind: "expression", node: node.declaration, path: [] });
      break;
    case "ExportNamedDeclaration":
      indexNamedExport(node, collected);
      break;
  }
}

function indexNamedExport(node: t.ExportNamedDeclaration, collected: Collected): void {
  for (const specifier of node.specifiers) {
    const exported = propertyName(specifier.exported, false) ?? "";
    if (specifier.type === "ExportSpecifier") {
      const local = propertyName(specifier.local, false) ?? "";
      const source: ValueSource = node.source
        ? { kind: "import", specifier: node.source.value, name: local }
        : { kind: "expression", node: specifier.local, path: [] };
      add(collected, exported, source);
    } else if (node.source) {
      const name = specifier.type === "ExportNamespaceSpecifier" ? "*" : "default";
      add(collected, exported, { kind: "import", specifier: node.source.value, name });
    }
  }
  const declaration = node.declaration;
  if (declaration?.type === "VariableDeclaration") {
    for (const { id } of declaration.declarations) {
      for (const { name } of patternNames(id)) {
        // The variable, not its first value: it may be assigned later.
        const node = { ...id, type: "Identifier", name } as t.Identifier;
        add(collected, name, { kind: "expression", node, path: [] });
      }
    }
  } else if (
    declaration?.type === "FunctionDeclaration" ||
    declaration?.type === "ClassDeclaration"
  ) {
    if (declaration.id) {
      add(collected, declaration.id.name, { kind: "expression", node: declaration, path: [] });
    }
  }
}

/** `module.exports = …`, `module.exports.name = …` and `exports.name = …`. */
export function indexModuleExportsAssignment(
  object: t.Node,
  name: string,
  value: t.Node,
  collected: Collected,
): void {
  const source: ValueSource = { kind: "expression", node: value, path: [] };
  if (object.type === "Identifier" && object.name === "exports") add(collected, name, source);
  else if (object.type === "Identifier" && object.name === "module") {
    if (name === "exports") add(collected, "module.exports", source);
  } else if (
    object.type === "MemberExpression" &&
    object.object.type === "Identifier" &&
    object.object.name === "module" &&
    propertyName(object.property, object.computed) === "exports"
  ) {
    add(collected, name, source);
  }
}

function add(collected: Collected, name: string, source: ValueSource): void {
  const known = collected.exported.get(name);
  if (known === undefined) collected.exported.set(name, [source]);
  else known.push(source);
}
