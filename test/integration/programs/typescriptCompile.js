import { createRequire } from "node:module";
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
  strict: true,
  types: [],
};
const host = typescript.createCompilerHost(options);
const readSourceFile = host.getSourceFile;
let previous;

await workSteadily((round) => {
  host.getSourceFile = (file, ...rest) =>
    file === "rows.ts"
      ? typescript.createSourceFile(file, sourceText(round), options.target)
      : readSourceFile.call(host, file, ...rest);
  host.writeFile = () => {};
  const program = typescript.createProgram(["rows.ts"], options, host, previous);
  program.emit();
  const problems = typescript.getPreEmitDiagnostics(program);
  if (problems.length > 0) throw new Error(`${problems[0].messageText}`);
  previous = program;
}, 2);
