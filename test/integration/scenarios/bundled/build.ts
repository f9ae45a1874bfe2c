import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

/** Source maps as bundlers write them. */
const variants = {
  "external.cjs": { format: "cjs", sourcemap: "linked" },
  "external.mjs": { format: "esm", sourcemap: "linked" },
  "inline.cjs": { format: "cjs", sourcemap: "inline" },
  "withoutContent.cjs": { format: "cjs", sourcemap: "linked", sourcesContent: false },
} as const satisfies Readonly<Record<string, BuildOptions>>;

/** Bundles and minifies src/service.ts into `folder`, once for each kind of source map. */
export async function buildBundles(folder: string): Promise<void> {
  await Promise.all(
    Object.entries(variants).map(([file, options]) =>
      build({
        ...options,
        entryPoints: [fileURLToPath(new URL("src/service.ts", import.meta.url))],
        outfile: `${folder}/${file}`,
        bundle: true,
        minify: true,
        platform: "node",
        target: "node20",
        logLevel: "silent",
      }),
    ),
  );
}
