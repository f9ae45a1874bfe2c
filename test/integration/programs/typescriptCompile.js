import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { workSteadily } from "./program.js";

/**
 * Compiles some TypeScript again and again: long synchronous work, with a turn of the event loop in
 * between. First argument: the folder whose node_modules has typescript 5.
 */
const [folder] = process.argv.slice(2);
const typescript = createRequire(`${folder}/`)("typescript");

const sourceText = (round) => `
  export interface Row { readonly id: number; readonly cells: readonly string[] }
  export const rows: readonly Row[] = [${Array.from({ length: 200 }, (_, id) => `{ id: ${id}, cells: ["${round}"] }`)}];
  export const byId = new Map(rows.map((row) => [row.id, row]));
  export function cellsOf(id: number): readonly string[] { return byId.get(id)?.cells ?? []; }
`;
const options = {
  target: typescript.ScriptTarget.ES2022,
  module: typescript.ModuleKind.CommonJS,
  lib: ["lib.es2015.d.ts"],
  strict: true,
  skipLibCheck: true,
  types: [],
};
const host = typescript.createCompilerHost(options);
const readFromDisk = host.getSourceFile;
const libraryFiles = new Map();
host.writeFile = () => {};

await workSteadily(async (round) => {
  host.getSourceFile = (file, ...rest) => {
    if (file === "rows.ts") return typescript.createSourceFile(file, sourceText(round), ...rest);
    if (!libraryFiles.has(file)) libraryFiles.set(file, readFromDisk.call(host, file, ...rest));
    return libraryFiles.get(file);
  };
  const program = typescript.createProgram(["rows.ts"], options, host);
  program.emit();
  const problems = typescript.getPreEmitDiagnostics(program);
  if (problems.length > 0) throw new Error(JSON.stringify(problems[0].messageText));
  await wait(50);
}, 3);
