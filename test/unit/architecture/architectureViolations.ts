import { builtinModules } from "node:module";
import { posix } from "node:path";
import type { ImportRow } from "./importTable.ts";
import { type ModuleImport, type ParsedModule, parseModule } from "./moduleImports.ts";

/** A file of the checkout: its path from the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface SourceModule extends ParsedModule {
  readonly path: string;
}

type ImportTable = Readonly<Record<string, ImportRow>>;

const maximumLines = 400;
const maximumEntryLines = 40;
const entryFolder = "extension/entry";

/** One sentence for each place where the files break the table or the rules for names and sizes. */
export function architectureViolations(
  files: readonly SourceFile[],
  table: ImportTable,
): readonly string[] {
  const modules = files
    .filter(({ path }) => isModule(path))
    .map(({ path, text }) => ({ path, ...parseModule(path, text) }));
  return [
    ...files.flatMap(({ path }) => nameViolations(path)),
    ...files.flatMap(sizeViolations),
    ...modules.flatMap((module) => moduleViolations(module, table)),
    ...cycleViolations(modules),
  ];
}

/** The row that a path belongs to: `extension/views/terminal` for all that is under it. */
export function folderOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] === "webview") return "webview";
  const depth = parts[1] === "views" ? 3 : 2;
  // The last part is the file's own name.
  return parts.slice(0, Math.min(depth, parts.length - 1)).join("/");
}

/** Tests may import everything. */
const isModule = (path: string) => /^(?:extension|webview)\/.*\.tsx?$/.test(path);

const forbiddenNames = new Set(["common", "index", "lib", "misc", "types"]);
const forbiddenWords = /(?:^|[^a-z])(?:utils?|helpers?|manager)(?:$|[^a-z])/i;

function nameViolations(path: string): readonly string[] {
  return path
    .split("/")
    .map((part) => part.replace(/\..*$/, ""))
    .filter((name) => forbiddenNames.has(name) || forbiddenWords.test(spaced(name)))
    .map((name) => `${path}: the name “${name}” doesn't say what is in it`);
}

/** `pathUtils` → `path Utils` */
const spaced = (name: string) => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ");

function sizeViolations({ path, text }: SourceFile): readonly string[] {
  const limit = folderOf(path) === entryFolder ? maximumEntryLines : maximumLines;
  const lines = text.trimEnd().split("\n").length;
  return lines > limit ? [`${path}: ${lines} lines, more than ${limit}`] : [];
}

function moduleViolations(
  { path, imports, isBarrel }: SourceModule,
  table: ImportTable,
): readonly string[] {
  const folder = folderOf(path);
  const row = table[folder];
  if (!row) return [`${path}: ${folder} has no row in the import table`];
  const violations = imports.flatMap((found) => {
    const problem = importProblem(path, found, row);
    return problem ? [`${path}:${found.line}: ${problem}`] : [];
  });
  return isBarrel ? [...violations, `${path}: a file of re-exports only`] : violations;
}

function importProblem(path: string, found: ModuleImport, row: ImportRow): string | null {
  const { specifier } = found;
  if (specifier === null) return "the imported module's name is computed";
  if (specifier.startsWith(".")) return fileProblem(path, found, specifier, row);
  if (specifier.startsWith("node:")) {
    const allowed =
      row.builtins === "all" || (row.builtins !== "none" && row.builtins.includes(specifier));
    return allowed ? null : `${specifier} is not for ${folderOf(path)}`;
  }
  if (builtinModules.includes(specifier)) return `write node:${specifier}`;
  return packageProblem(path, found, packageOf(specifier), row);
}

function fileProblem(path: string, found: ModuleImport, specifier: string, row: ImportRow) {
  const folder = folderOf(path);
  const targetFolder = folderOf(resolve(path, specifier));
  if (targetFolder === folder) return null;
  if (targetFolder === entryFolder) return "nobody imports entry";
  if (row.folders === "anything") return null;
  if (!row.folders.includes(targetFolder)) return `${folder} may not import ${targetFolder}`;
  if (row.typesOnly && !found.typeOnly) return `${folder} may import only types of ${targetFolder}`;
  return null;
}

function packageProblem(path: string, found: ModuleImport, name: string, row: ImportRow) {
  if (row.packages.includes(name)) return null;
  if (!row.packageTypes?.includes(name)) return `the package ${name} is not for ${folderOf(path)}`;
  return found.typeOnly ? null : `only types of the package ${name}`;
}

/** `@scope/name/file` → `@scope/name` */
export const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Circles among the folders, found in the imports themselves, whatever the table allows. */
function cycleViolations(modules: readonly SourceModule[]): readonly string[] {
  const targets = new Map<string, Set<string>>();
  for (const { path, imports } of modules) {
    const folder = folderOf(path);
    const imported = targets.get(folder) ?? new Set();
    targets.set(folder, imported);
    for (const { specifier } of imports) {
      if (specifier?.startsWith(".")) imported.add(folderOf(resolve(path, specifier)));
    }
    imported.delete(folder);
  }

  const finished = new Set<string>();
  const findCycle = (folder: string, way: readonly string[]): string | null => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder].join(" → ");
    if (finished.has(folder)) return null;
    for (const target of targets.get(folder) ?? []) {
      const cycle = findCycle(target, [...way, folder]);
      if (cycle) return cycle;
    }
    finished.add(folder);
    return null;
  };
  for (const folder of targets.keys()) {
    const cycle = findCycle(folder, []);
    if (cycle) return [`folders import each other in a circle: ${cycle}`];
  }
  return [];
}

const resolve = (path: string, specifier: string) => posix.join(posix.dirname(path), specifier);
