import type * as t from "@babel/types";
import type { GeneratedPlace } from "./sourceLoaders.ts";

export type FunctionNode =
  | t.FunctionDeclaration
  | t.FunctionExpression
  | t.ArrowFunctionExpression
  | t.ObjectMethod
  | t.ClassMethod
  | t.ClassPrivateMethod;

export function isFunctionNode(node: t.Node): node is FunctionNode {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ObjectMethod":
    case "ClassMethod":
    case "ClassPrivateMethod":
      return true;
    default:
      return false;
  }
}

/** Offset of a node's first character. Only nodes made by hand have none. */
export const startOffset = (node: t.Node): number => node.start ?? 0;
/** Offset behind a node's last character. */
export const endOffset = (node: t.Node): number => node.end ?? 0;

/**
 * The function that begins at an offset, else the innermost one around it; null at top level. V8 has two
 * ideas of where a function begins, the same in Node 20, 22, 24 and 26: `CallSite.getEnclosingColumnNumber`
 * gives its first token (`async`, `function`, a method's name behind `static`), while `[[FunctionLocation]]`
 * and a snapshot's `locations` give the parenthesis of its parameters. Arrow functions begin at their first
 * token in both. So every place before the body counts as the beginning.
 */
export function functionAt(
  functions: readonly FunctionNode[],
  offset: number,
): FunctionNode | null {
  let innermost: FunctionNode | null = null;
  // In order of their beginning, of those that contain the offset the last one is the innermost.
  for (const candidate of functions) {
    if (startOffset(candidate) > offset) break;
    if (offset < endOffset(candidate)) innermost = candidate;
  }
  return innermost;
}

// The alternatives of `headTokens` exclude each other at every character, or matching would take
// exponential time: a comment ends at the first place it can, and the spaces above U+0080 are no names.
const comment = String.raw`\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n`;

const modifier = new RegExp(
  String.raw`(?:static|public|private|protected|override)(?:\s|${comment})*`,
  "y",
);

/**
 * Offset of a function's first token as V8 has it. V8 doesn't count `static`, nor what TypeScript's types
 * left behind in front of a method, as its nodes in Babel's tree do.
 */
export function tokenOffset(text: string, node: FunctionNode): number {
  let offset = startOffset(node);
  if (node.type !== "ClassMethod" && node.type !== "ClassPrivateMethod") return offset;
  // A method may be named like a modifier, so only as many are passed as the tree says there are.
  const { accessibility, override } = node as t.ClassMethod;
  for (const isPresent of [node.static, accessibility, override]) {
    modifier.lastIndex = offset;
    if (isPresent && modifier.test(text)) offset = modifier.lastIndex;
  }
  return offset;
}

const computedName = String.raw`\[(?:[^\[\]"'\`]|"[^"\n]*"|'[^'\n]*'|\`[^\`]*\`|\[[^\]]*\])*\]`;
const quotedName = String.raw`"[^"\n]*"|'[^'\n]*'`;
const headTokens = new RegExp(
  String.raw`^(?:\s|\*|(?!\s)[#\w$\u0080-\uffff]|${quotedName}|${computedName}|${comment})*$`,
);

/**
 * True when both offsets are beginnings of the same function. Decided without a syntax tree: between the
 * first token of a function and the parenthesis of its parameters there are only keywords and its name,
 * while another function can't begin before that parenthesis, or an arrow, is passed.
 */
export function isSameBeginning(text: string, one: number, other: number): boolean {
  const from = Math.min(one, other);
  const to = Math.max(one, other);
  if (from === to) return true;
  // No header is that long; it spares a regex over megabytes.
  if (to - from > 2000) return false;
  return headTokens.test(text.slice(from, to));
}

export const isSamePlace = (one: GeneratedPlace, other: GeneratedPlace): boolean =>
  one.line === other.line && one.column === other.column;
