import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import packageLock from "../../package-lock.json" with { type: "json" };
import { npmCommand } from "../setup/npm.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const notCopied = new Set([".git", "dist", "node_modules", "test"]);
const manifest: Readonly<Record<string, unknown>> = packageJson;

describe("the production build", () => {
  let folder = "";
  let packed: readonly string[] = [];
  let bundles: readonly Bundle[] = [];

  beforeAll(() => {
    // A checkout of its own, without tests: what others build meanwhile is not in the way.
    folder = mkdtempSync(join(tmpdir(), "leakline-package-"));
    for (const name of readdirSync(root)) {
      if (notCopied.has(name)) continue;
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    execFileSync(
      process.execPath,
      ["esbuild.mjs", "--production", "--metafile", "dist/metafile.json"],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    bundles = readBundles(readFileSync(join(folder, "dist/metafile.json"), "utf8"));
    packed = npmPackedFiles(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is packed by npm as exactly these files", () => {
    expect(packed).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/analysisProcess.cjs",
      "dist/asyncReport.schema.json",
      "dist/cli.cjs",
      "dist/demo/fileService.cjs",
      "dist/demo/fileService.cjs.map",
      "dist/demo/lifeline.cjs",
      "dist/demo/lifeline.cjs.map",
      "dist/demo/shareConnection.cjs",
      "dist/demo/shareConnection.cjs.map",
      "dist/demo/shareServer.cjs",
      "dist/demo/shareServer.cjs.map",
      "dist/report.schema.json",
      "dist/retainersReport.schema.json",
      "dist/summaryReport.schema.json",
      "dist/thirdPartyLicenses.txt",
      "package.json",
    ]);
  });

  test("has the packages that each bundle should have, and no others", () => {
    const packagesOf = Object.fromEntries(
      bundles.map(({ path, packages }) => [path, packages] as const),
    );
    expect(packagesOf).toEqual({
      "dist/cli.cjs": [
        "@clack/core",
        "@clack/prompts",
        "ansi-regex",
        "cli-progress",
        "commander",
        "emoji-regex",
        "fast-string-truncated-width",
        "fast-string-width",
        "fast-wrap-ansi",
        "is-fullwidth-code-point",
        "picocolors",
        "sisteransi",
        "string-width",
        "strip-ansi",
        "typebox",
      ],
      "dist/analysisProcess.cjs": [
        "@babel/parser",
        "@jridgewell/resolve-uri",
        "@jridgewell/sourcemap-codec",
        "@jridgewell/trace-mapping",
        "chrome-remote-interface",
        "estree-walker",
        "typebox",
        "ws",
      ],
      "dist/extension.cjs": [],
      "dist/demo/fileService.cjs": [],
      "dist/demo/lifeline.cjs": [],
      "dist/demo/shareConnection.cjs": [],
      "dist/demo/shareServer.cjs": [],
    });
  });

  test("needs nothing but Node's own modules, and the editor in the editor", () => {
    const foreign = Object.fromEntries(
      bundles.map(({ path, externals }) => [
        path,
        [...new Set(externals.filter((name) => !isBuiltin(name)))],
      ]),
    );
    expect(Object.entries(foreign).filter(([, names]) => names.length > 0)).toEqual([
      // Accelerators that ws loads when it finds them, and does without.
      ["dist/analysisProcess.cjs", ["bufferutil", "utf-8-validate"]],
      ["dist/extension.cjs", ["vscode"]],
    ]);
  });

  test("names its demo's TypeScript, text included, and has no map of the tool", () => {
    const map = JSON.parse(readFileSync(join(folder, "dist/demo/fileService.cjs.map"), "utf8"));
    expect(map.sources).toContainEqual(expect.stringMatching(/fileService\.ts$/));
    expect(map.sourcesContent).toHaveLength(map.sources.length);
    for (const name of ["cli", "analysisProcess"]) {
      const bundle = readFileSync(join(folder, `dist/${name}.cjs`), "utf8");
      expect({ name, hasMap: /^\/\/# sourceMappingURL=/m.test(bundle) }).toEqual({
        name,
        hasMap: false,
      });
    }
  });

  test("has no path of the machine that built it", () => {
    for (const file of packed) {
      const text = readFileSync(join(folder, file), "utf8");
      expect({ file, found: [root, folder].filter((path) => text.includes(path)) }).toEqual({
        file,
        found: [],
      });
    }
  });

  test.each([
    ["report", "urn:leakline:report:1"],
    ["asyncReport", "urn:leakline:asynchronous-stacks:1"],
  ])("ships a JSON schema of %s that a strict validator accepts", (name, id) => {
    const schema = JSON.parse(readFileSync(join(folder, `dist/${name}.schema.json`), "utf8"));
    const validate = new Ajv({ strict: true }).compile(schema);
    expect(validate({})).toBe(false);
    expect(schema.$id).toBe(id);
  });

  test("carries the licences of the packages that it contains", () => {
    const licenses = readFileSync(join(folder, "dist/thirdPartyLicenses.txt"), "utf8");
    const named = licenses.match(/^\S+(?=@\d+\.\d+\.\d+$)/gm);
    const bundled = new Set(bundles.flatMap(({ packages }) => packages));
    expect(named).toEqual([...bundled].sort());
  });

  test("starts and says its version", () => {
    const output = execFileSync(process.execPath, [join(folder, "dist/cli.cjs"), "--version"], {
      encoding: "utf8",
    });
    expect(output.trim()).toBe(packageJson.version);
  });
});

describe("package.json", () => {
  test("brings one command and nothing to import", () => {
    expect(packageJson.bin).toEqual({ leakline: "./dist/cli.cjs" });
    expect(packageJson.exports).toEqual({ "./package.json": "./package.json" });
    expect(packageJson.engines).toEqual({ node: ">=20", vscode: expect.any(String) });
    expect(packageJson.type).toBe("module");
    // The editor's alone: npm's package does not even contain it.
    expect(packageJson.main).toBe("./dist/extension.cjs");
    // `files` is refused beside `.vscodeignore`.
    expect(manifest).not.toHaveProperty("files");
  });

  test("makes nobody install another package", () => {
    expect(manifest["dependencies"] ?? {}).toEqual({});
    expect(manifest["optionalDependencies"] ?? {}).toEqual({});
    expect(manifest["peerDependencies"] ?? {}).toEqual({});
  });

  test("names exact versions", () => {
    for (const [name, version] of Object.entries(packageJson.devDependencies)) {
      expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/);
    }
  });

  test("has a sentence in ARCHITECTURE.md for every dependency", () => {
    const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const missing = Object.keys(packageJson.devDependencies).filter(
      (name) => !text.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  test("is locked without the address of any registry", () => {
    const addresses = Object.values(packageLock.packages).filter((entry) => "resolved" in entry);
    expect(addresses).toEqual([]);
  });
});

interface Bundle {
  readonly path: string;
  /** Names of the packages that it contains, sorted. */
  readonly packages: readonly string[];
  /** What it loads when it runs. */
  readonly externals: readonly string[];
}

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
        readonly imports: readonly { readonly path: string; readonly external?: boolean }[];
      }
    >
  >;
}

function readBundles(text: string): readonly Bundle[] {
  const metafiles: readonly Metafile[] = JSON.parse(text);
  return metafiles
    .flatMap(({ outputs }) => Object.entries(outputs))
    .filter(([path]) => path.endsWith(".cjs"))
    .map(([path, { inputs, imports }]) => ({
      path,
      packages: packageNames(
        Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0),
      ),
      externals: imports.filter(({ external }) => external).map((found) => found.path),
    }));
}

function packageNames(paths: readonly string[]): readonly string[] {
  const names = paths.flatMap((path) => {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    return name ? [name] : [];
  });
  return [...new Set(names)].sort();
}

const isBuiltin = (name: string) => name.startsWith("node:") || builtinModules.includes(name);

function npmPackedFiles(folder: string): readonly string[] {
  const { command, firstArguments, shell } = npmCommand();
  const output = execFileSync(
    command,
    [...firstArguments, "pack", "--dry-run", "--json", "--ignore-scripts"],
    { cwd: folder, shell, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  const [{ files }] = JSON.parse(output) as [{ files: readonly { path: string }[] }];
  return files.map(({ path }) => path).sort();
}
