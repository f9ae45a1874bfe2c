import { build, context } from "esbuild";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const node = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  outExtension: { ".js": ".cjs" },
  external: ["vscode"],
  sourcemap: production ? false : "linked",
  minify: production,
  legalComments: "none",
  logLevel: "warning",
};

const entry = (name) => `extension/entry/${name}.ts`;

const builds = [{ ...node, entryPoints: ["cli", "analysisProcess"].map(entry), outdir: "dist" }];

if (watch) {
  for (const options of builds) {
    await (await context({ ...options, logLevel: "info" })).watch();
  }
} else {
  await Promise.all(builds.map((options) => build(options)));
}
