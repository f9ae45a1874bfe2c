import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { build, context } from "esbuild";

const { values: options } = parseArgs({
  options: {
    production: { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    /** Where to write what went into each bundle, for the tests. */
    metafile: { type: "string" },
  },
});
const { production, watch } = options;

/** A megabyte that only names what we send by name anyway. */
const withoutProtocolDescriptor = {
  name: "without-protocol-descriptor",
  setup({ onLoad }) {
    onLoad({ filter: /chrome-remote-interface[\\/]lib[\\/]protocol\.json$/ }, () => ({
      contents: JSON.stringify({ domains: [] }),
      loader: "json",
    }));
  },
};

const node = {
  plugins: [withoutProtocolDescriptor],
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
  metafile: true,
};

const entry = (name) => `extension/entry/${name}.ts`;

/** The demo is shipped to be read: a diagnosis of it names the lines of its TypeScript. */
const demo = { ...node, sourcemap: "linked", sourcesContent: true, minify: false };
const demoEntry = (name) => `extension/demo/${name}.ts`;
const demoThreads = ["fileService", "shareConnection", "shareServer", "lifeline"];

const builds = [
  { ...node, entryPoints: ["cli", "analysisProcess", "extension"].map(entry), outdir: "dist" },
  { ...demo, entryPoints: demoThreads.map(demoEntry), outdir: "dist/demo" },
];

/** Modules of `protocol/` with a document that is printed as JSON, and what it is called. */
const schemas = [
  { module: "report", name: "report" },
  { module: "asyncReport", name: "asynchronous-stacks" },
  { module: "summaryReport", name: "summary" },
  { module: "retainersReport", name: "retainers" },
];

if (watch) {
  for (const settings of builds) {
    await (await context({ ...settings, logLevel: "info" })).watch();
  }
} else {
  // Only here: a build for development leaves alone what a program that runs now may still load.
  if (production) await rm("dist", { recursive: true, force: true });
  const results = await Promise.all(builds.map((settings) => build(settings)));
  const metafiles = results.map(({ metafile }) => metafile);
  await writeSchemas("dist");
  await writeLicenses("dist/thirdPartyLicenses.txt", metafiles);
  if (options.metafile) await writeFile(options.metafile, JSON.stringify(metafiles));
}

/** The schemas of `--json`, each made from the same value that the document's types come from. */
async function writeSchemas(folder) {
  for (const { module, name } of schemas) {
    const { outputFiles } = await build({
      entryPoints: [`extension/protocol/${module}.ts`],
      bundle: true,
      format: "esm",
      write: false,
    });
    const encoded = Buffer.from(outputFiles[0].contents).toString("base64");
    const exported = await import(`data:text/javascript;base64,${encoded}`);
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: `urn:leakline:${name}:${exported[`${module}SchemaVersion`]}`,
      ...exported[`${module[0].toUpperCase()}${module.slice(1)}Schema`],
    };
    await writeFile(`${folder}/${module}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
}

/** The packages inside of the bundles ask for their licence to go with every copy. */
async function writeLicenses(path, metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = new Set(
    inputs.flatMap((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []),
  );
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const [file] = (await readdir(folder)).filter((entry) => /^licen[sc]e/i.test(entry));
    texts.push(`${name}@${version}\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`);
  }
  await writeFile(path, texts.join(`\n${"─".repeat(80)}\n\n`));
}
