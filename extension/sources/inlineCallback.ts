import { parseExpression } from "@babel/parser";
import { endOffset, type FunctionNode, isFunctionNode } from "./functionAt.ts";

/** A function written where a registry is made: `new FinalizationRegistry((held) => …)`. */
export interface InlineCallback {
  /** Offset of `new`. */
  readonly creation: number;
  /** Offset of the function's first token. */
  readonly start: number;
  /** The function, with offsets from `start`. Null when nothing but its beginning had to be read. */
  readonly node: FunctionNode | null;
}

/** How far before a function its `new` is looked for, in UTF-16 units. Real ones need about thirty. */
const longestHead = 1000;
/** Longer callbacks, or those with more closing braces, are left to a parse of the whole script. */
const longestFunction = 50_000;
const mostAttempts = 40;

const space = String.raw`(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/)*`;
const typeArguments = `(?:<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>${space})?`;
const creationHead = new RegExp(
  String.raw`(?<![\w$.#\u0080-\uffff])new\s${space}(?:(?:globalThis|global|window|self)\.)?FinalizationRegistry${space}${typeArguments}\(${space}(?<parenthesis>\(${space})?(?<head>(?:async\s+)?function${space}(?:\*${space})?(?:[\w$]+${space})?)?$`,
);
const arrow = /^(async(?![\w$])\s*)?(?:[\w$]+|\([^()]*\))\s*(?::\s*[\w$.<>[\]| ]+)?=>/;
const classic = /^(async\s+)?function\b\s*\*?\s*([\w$]*)/;
/** What stands around the name where a script gives it a meaning of its own: a declaration or a pattern. */
const declared = /(?:\b(?:class|function\*?|let|const|var|import|as)\s+|[{,(]\s*)$/;

/**
 * Proves an inline callback from the text around its beginning, in the time of a few searches, where a
 * parse of a bundle takes seconds. `offset` is a beginning of the function by either of V8's ideas. Null
 * when that text doesn't settle it.
 */
export function inlineCallback(text: string, offset: number): InlineCallback | null {
  const from = Math.max(0, offset - longestHead);
  const head = creationHead.exec(text.slice(from, offset));
  if (head === null || isInComment(text, from + head.index, offset)) return null;
  if (isRedefined(text)) return null;
  const creation = from + head.index;
  const isParenthesized = head.groups?.["parenthesis"] !== undefined;
  const start = offset - (head.groups?.["head"]?.length ?? 0);
  const rest = text.slice(start, start + longestFunction);
  const asArrow = arrow.exec(rest);
  // Nothing can follow an arrow function but the end of the argument.
  if (asArrow !== null && !isParenthesized && asArrow[1] === undefined) {
    return { creation, start, node: null };
  }
  if (asArrow === null && !classic.test(rest)) return null;
  const node = functionWithBody(rest);
  if (node === null) return null;
  const tail = rest.slice(endOffset(node));
  // A function that is called at once isn't the callback, its result is.
  if (!(isParenthesized ? /^\s*\)\s*[,)]/ : /^\s*(?:[,)]|\.\s*bind\s*\()/).test(tail)) return null;
  return refersToItself(node, rest) ? null : { creation, start, node };
}

/** The function at the beginning of a text that goes on behind it: the shortest beginning that is one. */
function functionWithBody(text: string): FunctionNode | null {
  let end = text.indexOf("}");
  for (let attempt = 0; end >= 0 && attempt < mostAttempts; attempt++) {
    try {
      const node = parseExpression(text.slice(0, end + 1), { attachComment: false });
      return isFunctionNode(node) && node.body.type === "BlockStatement" ? node : null;
    } catch {
      // This brace closes a block, an object or nothing at all inside of the function.
      end = text.indexOf("}", end + 1);
    }
  }
  return null;
}

function refersToItself(node: FunctionNode, text: string): boolean {
  if (!("id" in node) || !node.id) return false;
  const inside = text.slice(endOffset(node.id), endOffset(node));
  return new RegExp(String.raw`(?<![\w$])${node.id.name.replaceAll("$", "\\$")}(?![\w$])`).test(
    inside,
  );
}

/** A comment that ends with the beginning of a `new` expression, with the function on the line below. */
function isInComment(text: string, creation: number, offset: number): boolean {
  if (!/[\n\r\u2028\u2029]/.test(text.slice(creation, offset))) return false;
  const lineStart = Math.max(text.lastIndexOf("\n", creation), creation - longestHead) + 1;
  return text.slice(lineStart, creation).includes("//");
}

/** True when the script may have a FinalizationRegistry of its own. */
function isRedefined(text: string): boolean {
  const name = "FinalizationRegistry";
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isUsed = /^\s*[.]/.test(text.slice(at + name.length, at + name.length + 20));
    if (!isUsed && declared.test(text.slice(Math.max(0, at - 40), at))) return true;
  }
  return false;
}
