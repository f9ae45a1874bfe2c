import {
  AnyMap,
  GREATEST_LOWER_BOUND,
  originalPositionFor,
  type SectionedSourceMapInput,
  sourceContentFor,
  type TraceMap,
} from "@jridgewell/trace-mapping";
import { isUrl, localPath, resolveReference } from "./fileUrl.ts";
import type { GeneratedPlace } from "./sourceLoaders.ts";

export interface OriginalPlace {
  /** Absolute path when local, else a URL. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the identifier at this place is called in the source, null when the map doesn't say. */
  readonly name: string | null;
}

export interface SourceMap {
  /** Where generated code comes from (line and column begin at 1), null when it isn't mapped. */
  original(place: GeneratedPlace): OriginalPlace | null;
  /** The files named by the map, in its order. */
  readonly files: readonly string[];
  /** The text of one of `files` when the map brings it along, else null. */
  content(file: string): string | null;
}

/** In UTF-16 units. A parsed map takes several times its text's memory. */
const longestMap = 256 * 1024 * 1024;

/**
 * Reads a source map (revision 3, also with sections). `mapUrl` is where it was found; its sources are
 * relative to that. Null when the text is no source map, or one of more than 256 Mi characters.
 */
export function parseSourceMap(text: string, mapUrl: string): SourceMap | null {
  if (text.length > longestMap) return null;
  const files: string[] = [];
  let map: TraceMap;
  try {
    // Some servers put a line in front of JSON so that it can't be run as a script.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF?(?:\)\]\}'[^\n]*\n)?/, ""));
    const numbered = withNumberedSources(json, mapUrl, files);
    if (numbered === null) return null;
    map = new AnyMap(numbered as unknown as SectionedSourceMapInput);
    // Mappings are decoded lazily: damage would otherwise show at the first question.
    originalPositionFor(map, { line: 1, column: 0 });
  } catch {
    return null;
  }
  return {
    files,
    original: (place) => originalPlace(map, files, place),
    // A file that is named twice (sections) has its text in the first entry that has one.
    content: (file) => firstContent(map, files, file),
  };
}

function firstContent(map: TraceMap, files: readonly string[], file: string): string | null {
  for (const [number, name] of files.entries()) {
    const text = name === file ? sourceContentFor(map, String(number)) : null;
    // A map from a stranger's tool may have anything there.
    if (typeof text === "string") return text;
  }
  return null;
}

function originalPlace(
  map: TraceMap,
  files: readonly string[],
  place: GeneratedPlace,
): OriginalPlace | null {
  const needle = { line: place.line, column: Math.max(0, place.column - 1) };
  if (needle.line < 1) return null;
  // Only the segment to the left: code before the first one, or behind one without a source, is the
  // compiler's own, and the next line of the user's would be a wrong answer for it.
  const found = originalPositionFor(map, { ...needle, bias: GREATEST_LOWER_BOUND });
  const file = found.source === null ? undefined : files[Number(found.source)];
  // A damaged map can point before the first line, and to names that it doesn't have.
  if (file === undefined || found.source === null || found.line < 1 || found.column < 0)
    return null;
  return { file, line: found.line, column: found.column + 1, name: found.name ?? null };
}

/**
 * The map with each source replaced by its number in `files`. Resolving them ourselves is needed for
 * what URL rules get wrong: drive letters, backslashes, `#` in folder names.
 */
function withNumberedSources(
  json: unknown,
  mapUrl: string,
  files: string[],
): Record<string, unknown> | null {
  if (!isRecord(json)) return null;
  const sections = json["sections"];
  if (Array.isArray(sections)) {
    const numbered = sections.map((section: unknown) => {
      if (!isRecord(section)) return section;
      return { ...section, map: withNumberedSources(section["map"], mapUrl, files) };
    });
    return { ...json, sections: numbered };
  }
  const sources = json["sources"];
  if (!Array.isArray(sources) || !areMappings(json["mappings"])) return null;
  const root = typeof json["sourceRoot"] === "string" ? json["sourceRoot"] : "";
  const numbers = sources.map((source: unknown) => {
    if (typeof source !== "string") return null;
    files.push(sourceFile(source, root, mapUrl));
    return String(files.length - 1);
  });
  const names = Array.isArray(json["names"]) ? json["names"] : [];
  return { ...json, sourceRoot: undefined, sources: numbers, names };
}

/** The decoder takes any character for some number: nonsense has to be found beforehand. */
function areMappings(mappings: unknown): boolean {
  return typeof mappings === "string" && /^[A-Za-z0-9+/;,\s]*$/.test(mappings);
}

function sourceFile(source: string, sourceRoot: string, mapUrl: string): string {
  // A bundler's URLs (`webpack://app/./src/a.ts`) are names of its own; resolving would change them.
  if (isUrl(source)) return localPath(source);
  if (isUrl(sourceRoot) && !/^file:/i.test(sourceRoot)) {
    return `${sourceRoot.replace(/\/$/, "")}/${source.replace(/^\//, "")}`;
  }
  const folder = sourceRoot === "" || /[\\/]$/.test(sourceRoot) ? sourceRoot : `${sourceRoot}/`;
  const base = folder === "" ? mapUrl : (resolveReference(folder, mapUrl) ?? mapUrl);
  return localPath(resolveReference(source, base) ?? source);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
