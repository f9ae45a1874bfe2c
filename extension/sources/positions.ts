import type { SourcePosition } from "../protocol/sourcePosition.ts";
import { fileUrl, isAbsolutePath, localPath, resolveReference } from "./fileUrl.ts";
import { offsetOf, placeAt } from "./parseScript.ts";
import type { ScriptTexts } from "./scriptTexts.ts";
import { scriptKey } from "./scriptTexts.ts";
import type { GeneratedPlace, ScriptReference } from "./sourceLoaders.ts";
import { parseSourceMap, type SourceMap } from "./sourceMap.ts";
import { dataUrlText, sourceMapReference } from "./sourceMapReference.ts";

export interface Positions {
  /** Where a place of the running code stands in the user's source. Never rejects. */
  position(
    script: ScriptReference,
    place: GeneratedPlace,
    functionName: string | null,
  ): Promise<SourcePosition>;
  /** The text of a file that an earlier position names; null for any other. Never rejects. */
  text(file: string): Promise<string | null>;
}

/** Where the text of a named file is. */
type NamedSource =
  | { readonly script: ScriptReference }
  | { readonly map: SourceMap; readonly file: string };

export function createPositions(texts: ScriptTexts): Positions {
  const maps = new Map<string, Promise<SourceMap | null>>();
  const bundlerFiles = new Map<string, Promise<string>>();
  const named = new Map<string, NamedSource>();

  function mapOf(script: ScriptReference): Promise<SourceMap | null> {
    const key = scriptKey(script);
    let map = maps.get(key);
    if (map === undefined) {
      map = loadSourceMap(texts, script);
      maps.set(key, map);
    }
    return map;
  }

  function userFile(file: string, script: ScriptReference): Promise<string> {
    const key = `${script.url}\n${file}`;
    let found = bundlerFiles.get(key);
    if (found === undefined) {
      found = findBundlerFile(texts, file, script.url);
      bundlerFiles.set(key, found);
    }
    return found;
  }

  return {
    async position(script, place, functionName) {
      const line = Math.max(1, Math.trunc(place.line) || 1);
      const counted = Math.max(1, Math.trunc(place.column) || 1);
      const text = (await texts.load(script))?.text ?? "";
      // V8 counts a byte order mark as a column; editors and source maps don't.
      const hasMark = line === 1 && text.startsWith("\uFEFF");
      const column = hasMark ? Math.max(1, counted - 1) : counted;
      const generated = { file: localPath(script.url), line, column };
      if (generated.file !== "") named.set(generated.file, { script });
      const map = await mapOf(script);
      const original = map?.original({ line, column }) ?? null;
      if (map === null || original === null) return { ...generated, function: functionName };
      const file = await userFile(original.file, script);
      named.set(file, { map, file: original.file });
      return {
        file,
        line: original.line,
        column: original.column,
        function: originalName(map, text, { line, column: counted }, functionName),
        generated,
      };
    },
    async text(file) {
      const source = named.get(file);
      if (source === undefined) return null;
      const text =
        "map" in source
          ? source.map.content(source.file)
          : ((await texts.load(source.script))?.text ?? null);
      // Positions count without it, as editors do.
      return text?.replace(/^\uFEFF/, "") ?? null;
    },
  };
}

async function loadSourceMap(
  texts: ScriptTexts,
  script: ScriptReference,
): Promise<SourceMap | null> {
  const loaded = await texts.load(script);
  if (loaded === null) return null;
  // V8 gives an empty text for a URL with spaces, where tools do find the file.
  const reference = loaded.sourceMapUrl || sourceMapReference(loaded.text);
  if (reference === null || reference === "") return null;
  if (/^data:/i.test(reference)) {
    const text = dataUrlText(reference);
    return text === null ? null : parseSourceMap(text, script.url);
  }
  const mapUrl = resolveReference(reference, script.url);
  if (mapUrl === null) return null;
  const mapPath = localPath(mapUrl);
  const text = await texts.readFile(mapPath);
  return text === null ? null : parseSourceMap(text, fileUrl(mapPath));
}

/** Folders above a bundle that are searched for its sources. */
const searchedFolders = 6;

/**
 * A bundler's `webpack://app/./src/a.ts` names a file in a project folder that the map doesn't tell. It is
 * one of those above the bundle if the file is there; otherwise the name stays as it is.
 */
async function findBundlerFile(texts: ScriptTexts, file: string, script: string): Promise<string> {
  const inProject = /^(?:webpack|rspack|turbopack|rollup|vite|parcel):\/\/[^/]*\/+(.*)$/.exec(
    file,
  )?.[1];
  if (inProject === undefined || !isAbsolutePath(localPath(script))) return file;
  // Webpack appends a hash to tell versions of a module apart.
  const relative = inProject.replace(/\?[0-9a-z]*$/i, "");
  let folder = "./";
  for (let level = 0; level < searchedFolders; level++) {
    const candidate = resolveReference(`${folder}${relative}`, script);
    const path = candidate === null ? null : localPath(candidate);
    if (path !== null && (await texts.readFile(path)) !== null) return path;
    folder += "../";
  }
  return file;
}

/** How far before a place the beginning of its function is looked for, in UTF-16 units. */
const searchedLength = 200_000;

/** The name a function has in the source when a minifier shortened it and the map kept the original. */
function originalName(
  map: SourceMap,
  text: string,
  place: GeneratedPlace,
  functionName: string | null,
): string | null {
  const shortName = functionName?.split(/[.\s]/).at(-1)?.replace(/^#/, "") ?? "";
  if (functionName === null || !/^[\w$]+$/.test(shortName)) return functionName;
  const offset = offsetOf(text, place);
  if (offset === null) return functionName;
  const from = Math.max(0, offset - searchedLength);
  const before = text.slice(from, offset + shortName.length + 16);
  const escaped = shortName.replaceAll("$", "\\$");
  const declared = new RegExp(
    String.raw`(?<=\bfunction\b[\s*]+)${escaped}(?=\s*\()|(?<![\w$.])#?${escaped}(?=\s*[=:]\s*(?:async\b|function\b|\(|[\w$]+\s*=>))|(?<![\w$.])#?${escaped}(?=\s*\([^()]*\)\s*\{)`,
    "g",
  );
  const last = [...before.matchAll(declared)].at(-1);
  if (last === undefined) return functionName;
  const original = map.original(placeAt(text, from + last.index));
  return original?.name ?? functionName;
}
