import { parse } from "@babel/parser";

/** One import of a source file, whatever its syntax. */
export interface ModuleImport {
  /** What stands between the quotes; null when it is computed. */
  readonly specifier: string | null;
  readonly line: number;
  readonly typeOnly: boolean;
  /** True for `export … from`. */
  readonly reExport: boolean;
}

export interface ParsedModule {
  readonly imports: readonly ModuleImport[];
  /** True when the file has statements, and nothing but `export … from` in them. */
  readonly isBarrel: boolean;
}

/** Reads the imports of a TypeScript file from its syntax tree, those inside of types included. */
export function parseModule(path: string, text: string): ParsedModule {
  const tree = parse(text, {
    sourceType: "module",
    plugins: path.endsWith("x") ? ["typescript", "jsx"] : ["typescript"],
    createImportExpressions: true,
  });
  const imports: ModuleImport[] = [];
  visit(tree.program, (node) => {
    const found = importOf(node);
    if (found) imports.push(found);
  });
  const { body } = tree.program;
  return { imports, isBarrel: body.length > 0 && body.every((node) => isReExport(node)) };
}

interface SyntaxNode {
  readonly type: string;
  readonly [property: string]: unknown;
}

function importOf(node: SyntaxNode): ModuleImport | null {
  const line = (node["loc"] as { start: { line: number } } | undefined)?.start.line ?? 0;
  const imported = (source: unknown, typeOnly: boolean) => ({
    specifier: textOf(source),
    line,
    typeOnly,
    reExport: isReExport(node),
  });
  switch (node.type) {
    case "ImportDeclaration":
      return imported(node["source"], isTypeOnly(node, "importKind"));
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return isReExport(node) ? imported(node["source"], isTypeOnly(node, "exportKind")) : null;
    case "ImportExpression":
      return imported(node["source"], false);
    case "TSImportType":
      return imported(node["argument"] ?? node["source"], true);
    case "TSExternalModuleReference":
      return imported(node["expression"], false);
    case "CallExpression":
      return isNode(node["callee"]) && node["callee"]["name"] === "require"
        ? imported((node["arguments"] as readonly unknown[])[0], false)
        : null;
    default:
      return null;
  }
}

/** `import type { a }` and `import { type a }`, but not `import {}`, which runs the module. */
function isTypeOnly(node: SyntaxNode, kind: "importKind" | "exportKind"): boolean {
  if (node[kind] === "type") return true;
  const specifiers = (node["specifiers"] ?? []) as readonly SyntaxNode[];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === "type");
}

function isReExport(node: { readonly type: string }): boolean {
  return node.type.startsWith("Export") && isNode((node as SyntaxNode)["source"]);
}

function textOf(source: unknown): string | null {
  if (!isNode(source)) return null;
  if (source.type === "TSLiteralType") return textOf(source["literal"]);
  return source.type === "StringLiteral" ? String(source["value"]) : null;
}

function visit(node: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, see);
  } else if (isNode(node)) {
    see(node);
    for (const value of Object.values(node)) visit(value, see);
  }
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
