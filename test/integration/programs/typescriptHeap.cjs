/** Compiles the same files several times, keeps everything, and writes its heap: `node typescriptHeap.cjs PACKAGES COUNT FILE`. */
const { join } = require("node:path");
const { writeHeapSnapshot } = require("node:v8");

const [packages, count, file] = process.argv.slice(2);
const folder = join(packages, "node_modules/typescript");
const typescript = require(folder);

globalThis.kept = Array.from({ length: Number(count) }, () => {
  const names = ["lib.esnext.full.d.ts", "typescript.d.ts"].map((name) =>
    join(folder, "lib", name),
  );
  const program = typescript.createProgram(names, { noLib: true });
  program.getTypeChecker();
  program.getSemanticDiagnostics(program.getSourceFile(names[1]));
  return program;
});
writeHeapSnapshot(file);
