import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { LoadedScript, ScriptCatalogue } from "../process/scriptCatalogue.ts";
import { createSourceLibrary, type SourceLibrary } from "../sources/sourceLibrary.ts";
import type { ScriptText, SourceLoaders } from "../sources/sourceLoaders.ts";

/** A larger text is not worth the time of a reading; its positions stay the generated ones. */
const largestFileBytes = 256 * 1024 * 1024;

/** V8 names the scripts of ECMAScript modules by URL and those of CommonJS modules by path. */
export function localPathOf(script: string): string | null {
  if (script.startsWith("file://")) {
    try {
      return fileURLToPath(script);
    } catch {
      return null;
    }
  }
  return script.startsWith("/") || /^[A-Za-z]:[\\/]/.test(script) ? script : null;
}

/** One name for a script, however V8 wrote it. */
export const scriptKey = (script: string): string => localPathOf(script) ?? script;

/** Sources for a snapshot file: only what is on this machine's disk. */
export const createFileSources = (): SourceLibrary =>
  createSourceLibrary({
    loadScript: ({ url }) => readScriptFile(url),
    readFile: readTextFile,
    listScripts: async () => [],
  });

/**
 * Sources of a live thread: the text that really runs, which a loader may have made from the file.
 * `listScripts` is asked once, and only when a source is needed. `onMissing` is told when the thread gave
 * no answer: a report without source lines beats no report.
 */
export function createLiveSources(
  listScripts: () => Promise<ScriptCatalogue>,
  onMissing: () => void,
): SourceLibrary {
  let listed: Promise<ScriptCatalogue | null> | undefined;
  const catalogue = () => {
    listed ??= orMissing(listScripts);
    return listed;
  };
  const orMissing = async <Result>(ask: () => Promise<Result>): Promise<Result | null> => {
    try {
      return await ask();
    } catch {
      onMissing();
      return null;
    }
  };
  const textFromProcess = async (
    { source }: ScriptCatalogue,
    { scriptId, sourceMapUrl }: Pick<LoadedScript, "scriptId" | "sourceMapUrl">,
  ): Promise<ScriptText | null> => {
    const text = await orMissing(() => source(scriptId));
    return text === null ? null : { text, sourceMapUrl };
  };
  const loaders: SourceLoaders = {
    async loadScript({ url, scriptId }) {
      const known = await catalogue();
      const key = scriptKey(url);
      // A script that was loaded twice has one name and two ids: the newest is the one that runs.
      const script =
        known?.scripts.find((one) => one.scriptId === scriptId) ??
        known?.scripts.findLast((one) => scriptKey(one.url) === key);
      if (!known) return readScriptFile(url);
      if (!script) {
        const text = await readScriptFile(url);
        if (text || known.isComplete || scriptId === null) return text;
        return textFromProcess(known, { scriptId, sourceMapUrl: null });
      }
      return (await sameTextOnDisk(script)) ?? (await textFromProcess(known, script));
    },
    readFile: readTextFile,
    async listScripts() {
      const known = await catalogue();
      // Whoever searches all scripts must not take some for all.
      const scripts = known?.isComplete ? known.scripts : [];
      return scripts.filter(({ url }) => url !== "" && !url.startsWith("node:"));
    },
  };
  return createSourceLibrary(loaders);
}

/** Reading the file is much cheaper than asking, and right when it is as long as the text that runs. */
async function sameTextOnDisk(script: LoadedScript): Promise<ScriptText | null> {
  const text = await readScriptFile(script.url);
  return text && text.text.length === script.length
    ? { text: text.text, sourceMapUrl: script.sourceMapUrl }
    : null;
}

async function readScriptFile(url: string): Promise<ScriptText | null> {
  const path = localPathOf(url);
  const text = path === null ? null : await readTextFile(path);
  return text === null ? null : { text, sourceMapUrl: null };
}

async function readTextFile(pathOrUrl: string): Promise<string | null> {
  const path = localPathOf(pathOrUrl);
  if (path === null) return null;
  try {
    const bytes = await readFile(path);
    return bytes.length > largestFileBytes ? null : bytes.toString("utf8");
  } catch {
    return null;
  }
}
