import { localPath } from "./fileUrl.ts";
import type { ScriptReference, ScriptText, SourceLoaders } from "./sourceLoaders.ts";

/** Loaded texts, each asked for once. Nothing here rejects: a loader that fails counts as null. */
export interface ScriptTexts {
  load(script: ScriptReference): Promise<ScriptText | null>;
  readFile(path: string): Promise<string | null>;
  /** The target's scripts that aren't Node's own; empty when not to be had. */
  list(): Promise<readonly ScriptReference[]>;
}

export function createScriptTexts(loaders: SourceLoaders): ScriptTexts {
  const scripts = new Map<string, Promise<ScriptText | null>>();
  const files = new Map<string, Promise<string | null>>();
  let listed: Promise<readonly ScriptReference[]> | null = null;
  return {
    load(script) {
      return remembered(scripts, scriptKey(script), async () => {
        const loaded = await loaders.loadScript(script);
        return loaded === null ? null : { ...loaded, text: asRun(loaded.text, script.url) };
      });
    },
    readFile(path) {
      return remembered(files, path, () => loaders.readFile(path));
    },
    async list() {
      listed ??= orNull(() => loaders.listScripts()).then((all) =>
        (all ?? []).filter(({ url }) => url !== "" && !isInternal(url)),
      );
      return listed;
    },
  };
}

/** Scripts that Node or V8 bring along: their registries are no concern of the user's functions. */
export function isInternal(url: string): boolean {
  return /^(?:node:|internal\/|v8\/|extensions::|evalmachine\.<anonymous>$)/.test(url);
}

/**
 * The text as V8 got it: Node takes the byte order mark off an ES module that it reads, and leaves it in
 * front of a CommonJS module, where it counts as the first column.
 */
function asRun(text: string, url: string): string {
  if (!text.startsWith("\uFEFF")) return text;
  const name = url.replace(/[?#].*$/s, "");
  if (/\.c[jt]s$/.test(name)) return text;
  const isModule =
    /\.m[jt]s$/.test(name) || /^\uFEFF?\s*(?:import\b(?!\s*\()|export\b)/m.test(text);
  return isModule ? text.slice(1) : text;
}

/** What tells one script from another: V8's number, or the file where there is none. */
export function scriptKey(script: ScriptReference): string {
  return script.scriptId === null ? localPath(script.url) : `#${script.scriptId}`;
}

function remembered<Result>(
  known: Map<string, Promise<Result | null>>,
  key: string,
  load: () => Promise<Result | null>,
): Promise<Result | null> {
  let result = known.get(key);
  if (result === undefined) {
    result = orNull(load);
    known.set(key, result);
  }
  return result;
}

async function orNull<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}
