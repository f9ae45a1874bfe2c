import { fileUrl, isAbsolutePath, localPath, resolveReference } from "./fileUrl.ts";
import { indexModule, type ModuleIndex } from "./moduleIndex.ts";
import { parseScript } from "./parseScript.ts";
import { builtInModule } from "./platformClass.ts";
import { type ScriptTexts, scriptKey } from "./scriptTexts.ts";
import type { ScriptReference } from "./sourceLoaders.ts";
import type { ModuleSet } from "./value.ts";

/** The part of the target's code that one question looks into. It grows by what the evaluation wished for. */
export interface GrowingModuleSet extends ModuleSet {
  /** True when every script of the target that mentions FinalizationRegistry is in the set. */
  readonly isComplete: boolean;
  /** Adds all scripts that mention FinalizationRegistry. */
  addRegistryScripts(): Promise<void>;
  /** Adds these modules, all that import them (directly or through others), and what they import. */
  addRelated(related: readonly ModuleIndex[]): Promise<void>;
  /** Adds all that import these modules directly, those of packages also by the package's name. */
  addImportersOf(imported: readonly ModuleIndex[]): Promise<void>;
  /** Loads what was wished for since the last call; false when that added nothing. */
  addWished(): Promise<boolean>;
}

export interface ModuleLoader {
  /** The script's index; null when its text can't be had or isn't code. */
  load(script: ScriptReference): Promise<ModuleIndex | null>;
  createSet(own: ModuleIndex): GrowingModuleSet;
  /** The script that a loaded module was read from. */
  referenceOf(module: ModuleIndex): ScriptReference;
  /** True when the script imports nothing but Node's own modules, and no other script imports it. */
  standsAlone(script: ScriptReference): Promise<boolean>;
  /** Scripts that mention FinalizationRegistry; null when the target's scripts can't be listed. */
  registryScripts(): Promise<readonly ScriptReference[] | null>;
}

const registryName = "FinalizationRegistry";
/** Texts asked for at the same time: a process with thousands of scripts answers on one connection. */
const batchSize = 16;
/** A set never holds more modules than this, so that an import of everything ends. */
const moduleLimit = 300;
/** How many re-exports a registry may pass through on its way to the line that registers. */
const importerRounds = 3;
const extensions = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"];

export function createModuleLoader(texts: ScriptTexts): ModuleLoader {
  const indexes = new Map<string, Promise<ModuleIndex | null>>();
  const references = new WeakMap<ModuleIndex, ScriptReference>();
  let found: Promise<readonly ScriptReference[] | null> | null = null;

  const loader: ModuleLoader = {
    load(script) {
      const key = scriptKey(script);
      let index = indexes.get(key);
      if (index === undefined) {
        index = loadIndex(script);
        indexes.set(key, index);
      }
      return index;
    },
    registryScripts() {
      found ??= listRegistryScripts();
      return found;
    },
    referenceOf: (module) => references.get(module) ?? { url: module.script.url, scriptId: null },
    async standsAlone(script) {
      const text = (await texts.load(script))?.text;
      if (text === undefined) return false;
      if (!importSpecifiers(text).every((specifier) => builtInModule.test(specifier))) return false;
      const own = pathOf(script.url);
      const importers = await scriptsThat(texts, await texts.list(), (other, { url }) =>
        importSpecifiers(other).some((specifier) => {
          const base = importPath(specifier, url);
          if (base !== null) return candidates(base).includes(own);
          return packageOf(own) === packageName(specifier);
        }),
      );
      return importers.length === 0;
    },
    createSet: (own) => createModuleSet(own, loader, texts),
  };

  async function loadIndex(script: ScriptReference): Promise<ModuleIndex | null> {
    const loaded = await texts.load(script);
    const parsed = loaded === null ? null : parseScript(loaded.text, script.url);
    if (parsed === null) return null;
    try {
      const index = indexModule(parsed);
      references.set(index, script);
      return index;
    } catch (error) {
      // An expression nested thousands of levels deep exceeds the stack of a recursive walk.
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  async function listRegistryScripts(): Promise<readonly ScriptReference[] | null> {
    const all = await texts.list();
    if (all.length === 0) return null;
    return scriptsThat(texts, all, (text) => text.includes(registryName));
  }

  return loader;
}

async function scriptsThat(
  texts: ScriptTexts,
  scripts: readonly ScriptReference[],
  accepts: (text: string, script: ScriptReference) => boolean,
): Promise<readonly ScriptReference[]> {
  const accepted: ScriptReference[] = [];
  for (let start = 0; start < scripts.length; start += batchSize) {
    const batch = scripts.slice(start, start + batchSize);
    const loaded = await Promise.all(batch.map((script) => texts.load(script)));
    batch.forEach((script, index) => {
      const text = loaded[index]?.text;
      if (text !== undefined && accepts(text, script)) accepted.push(script);
    });
  }
  return accepted;
}

function createModuleSet(
  own: ModuleIndex,
  loader: ModuleLoader,
  texts: ScriptTexts,
): GrowingModuleSet {
  const byPath = new Map([[pathOf(own.script.url), own]]);
  const modules = [own];
  const wishedPaths = new Set<string>();
  const triedPaths = new Set<string>();
  const wishedImporters = new Set<ModuleIndex>();
  const searchedImporters = new Set<ModuleIndex>();
  let isComplete = false;

  async function add(script: ScriptReference): Promise<boolean> {
    const path = pathOf(script.url);
    if (byPath.has(path) || modules.length >= moduleLimit) return false;
    const loaded = await loader.load(script);
    if (loaded === null) return false;
    byPath.set(path, loaded);
    modules.push(loaded);
    return true;
  }

  async function addRelated(related: readonly ModuleIndex[]): Promise<void> {
    let latest = related;
    for (const module of related) {
      const path = pathOf(module.script.url);
      if (byPath.has(path)) continue;
      byPath.set(path, module);
      modules.push(module);
    }
    for (let round = 0; latest.length > 0 && round < importerRounds; round++) {
      const known = modules.length;
      const sharing = latest.filter(
        ({ exported, reexported }) => exported.size + reexported.length > 0,
      );
      if (sharing.length === 0) return;
      await addImporters(new Set(sharing.map((module) => pathOf(module.script.url))));
      latest = modules.slice(known);
    }
  }

  async function addImport(base: string): Promise<boolean> {
    const listed = new Map((await texts.list()).map((script) => [pathOf(script.url), script]));
    for (const candidate of candidates(base)) {
      const script = listed.get(candidate);
      if (script !== undefined) return add(script);
    }
    // Nothing is listed for a file; and a module can have been unloaded since.
    if (listed.size > 0) return false;
    for (const candidate of candidates(base)) {
      if (await add({ url: candidate, scriptId: null })) return true;
    }
    return false;
  }

  async function addImporters(
    imported: ReadonlySet<string>,
    packages: ReadonlySet<string | null> = new Set(),
  ): Promise<boolean> {
    const importers = await scriptsThat(
      texts,
      await texts.list(),
      (text, script) =>
        // Whoever neither registers nor passes on can't be part of a chain that ends at `register`.
        /\bregister\b|\bexports?\b|\bFinalizationRegistry\b/.test(text) &&
        importSpecifiers(text).some((specifier) => {
          const base = importPath(specifier, script.url);
          return base !== null
            ? candidates(base).some((candidate) => imported.has(candidate))
            : packages.has(packageName(specifier));
        }),
    );
    let grew = false;
    for (const importer of importers) grew = (await add(importer)) || grew;
    return grew;
  }

  return {
    modules,
    addRelated,
    get isComplete() {
      return isComplete;
    },
    async addImportersOf(imported) {
      const paths = new Set(imported.map((module) => pathOf(module.script.url)));
      if (paths.size > 0) await addImporters(paths, new Set([...paths].map(packageOf)));
    },
    resolve(from, specifier) {
      const base = importPath(specifier, from.script.url);
      if (base === null) return null;
      for (const candidate of candidates(base)) {
        const known = byPath.get(candidate);
        if (known !== undefined) return known;
      }
      if (!triedPaths.has(base)) wishedPaths.add(base);
      return null;
    },
    wantImporters(module) {
      if (!searchedImporters.has(module)) wishedImporters.add(module);
    },
    async addRegistryScripts() {
      const scripts = await loader.registryScripts();
      for (const script of scripts ?? []) await add(script);
      isComplete = scripts?.every((script) => byPath.has(pathOf(script.url))) ?? false;
    },
    async addWished() {
      let grew = false;
      const paths = [...wishedPaths];
      wishedPaths.clear();
      for (const path of paths) {
        triedPaths.add(path);
        grew = (await addImport(path)) || grew;
      }
      const imported = [...wishedImporters];
      wishedImporters.clear();
      if (imported.length > 0) {
        for (const module of imported) searchedImporters.add(module);
        const importedPaths = new Set(imported.map((module) => pathOf(module.script.url)));
        grew = (await addImporters(importedPaths)) || grew;
      }
      return grew;
    },
  };
}

/** The file that a script's name stands for; a query makes another instance, not another text. */
function pathOf(url: string): string {
  return isAbsolutePath(url) ? url : localPath(url);
}

function importPath(specifier: string, from: string): string | null {
  if (!/^(?:\.{1,2}(?:[\\/]|$)|[\\/]|file:|[A-Za-z]:[\\/])/.test(specifier)) return null;
  const resolved = resolveReference(specifier, fileUrl(from));
  return resolved === null ? null : localPath(resolved);
}

/** The package that a file is installed as, null for the program's own files. */
function packageOf(path: string): string | null {
  const inside = path.replaceAll("\\", "/").split("/node_modules/");
  return inside.length < 2 ? null : packageName(inside.at(-1) ?? "");
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The files that an import can mean: CommonJS leaves out extensions, TypeScript writes `.js` for `.ts`. */
function candidates(base: string): readonly string[] {
  const folder = base.endsWith("/") ? base : `${base}/`;
  const typeScript = base.replace(/\.([mc]?)js$/, ".$1ts");
  return [
    ...extensions.map((extension) => `${base}${extension}`),
    ...(typeScript === base ? [] : [typeScript]),
    ...extensions.slice(1).map((extension) => `${folder}index${extension}`),
  ];
}

const specifierPattern = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'])([^"'\n]{1,500})\1/g;

function importSpecifiers(text: string): readonly string[] {
  return [...text.matchAll(specifierPattern)].flatMap((match) => match[2] ?? []);
}
