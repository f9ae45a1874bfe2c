import { type ParserOptions, type ParserPlugin, parse } from "@babel/parser";
import type * as t from "@babel/types";
import type { GeneratedPlace } from "./sourceLoaders.ts";

/** A script's text and syntax tree. Offsets are UTF-16 units from the beginning, as in Babel's nodes. */
export interface ParsedScript {
  readonly url: string;
  readonly text: string;
  readonly program: t.Program;
  /** True when the parser had to guess around errors: what it found may be incomplete. */
  readonly damaged: boolean;
}

const typeScriptName = /\.[mc]?tsx?$/i;
const options: ParserOptions = {
  sourceType: "unambiguous",
  errorRecovery: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
  allowNewTargetOutsideFunction: true,
  // Comments would be visited as if they were code.
  attachComment: false,
};

/**
 * Parses JavaScript, JSX or TypeScript. Null when the text is none of them. V8 ran the text, so a file
 * that no plugin set accepts without errors is usually one that was changed on disk, or isn't code.
 */
export function parseScript(text: string, url: string): ParsedScript | null {
  const name = url.replace(/[?#].*$/s, "");
  const javaScript: ParserPlugin[] = ["jsx", "decorators", "decoratorAutoAccessors"];
  const typeScript: ParserPlugin[] = ["typescript", "decorators", "decoratorAutoAccessors"];
  // `.ts` files that use `<T>x` can't be parsed with JSX on, hence one set without.
  const pluginSets = typeScriptName.test(name)
    ? [/x$/i.test(name) ? [...typeScript, "jsx" as const] : typeScript, javaScript]
    : [javaScript, typeScript];
  let best: ParsedScript | null = null;
  for (const plugins of pluginSets) {
    const attempt = tryParse(text, url, { plugins });
    if (attempt !== null && !attempt.damaged) return attempt;
    best ??= attempt;
  }
  if (text.length > longestRetried) return best;
  // Sloppy code: `with`, octal numbers, `await` and `yield` as names. The first sets read it as a module's.
  const sloppy = { sourceType: "script", allowAwaitOutsideFunction: false } as const;
  for (const change of [sloppy, { sourceType: "module" } as const]) {
    const attempt = tryParse(text, url, { plugins: [], ...change });
    if (attempt !== null && !attempt.damaged) return attempt;
    best ??= attempt;
  }
  return best;
}

/** In UTF-16 units: a longer text that isn't code must not cost several times its parsing. */
const longestRetried = 2_000_000;

function tryParse(text: string, url: string, change: ParserOptions): ParsedScript | null {
  try {
    const file = parse(text, { ...options, ...change });
    return { url, text, program: file.program, damaged: (file.errors?.length ?? 0) > 0 };
  } catch {
    return null;
  }
}

const lineBreak = /\r\n|[\n\r\u2028\u2029]/g;

/** Offset of a place in a text, null when the text has no such line. Lines end as V8 counts them. */
export function offsetOf(text: string, place: GeneratedPlace): number | null {
  let lineStart = 0;
  if (place.line < 1) return null;
  if (place.line > 1) {
    lineBreak.lastIndex = 0;
    for (let line = 1; line < place.line; line++) {
      const match = lineBreak.exec(text);
      if (match === null) return null;
      lineStart = match.index + match[0].length;
    }
  }
  return Math.min(lineStart + Math.max(0, place.column - 1), text.length);
}

/** The place of an offset; the other way round of `offsetOf`. */
export function placeAt(text: string, offset: number): GeneratedPlace {
  let line = 1;
  let lineStart = 0;
  lineBreak.lastIndex = 0;
  for (;;) {
    const match = lineBreak.exec(text);
    if (match === null || match.index >= offset) return { line, column: offset - lineStart + 1 };
    line++;
    lineStart = match.index + match[0].length;
  }
}

/** Where a node begins. Babel counts columns from 0. */
export function startOf(node: t.Node): GeneratedPlace {
  return { line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1 };
}
