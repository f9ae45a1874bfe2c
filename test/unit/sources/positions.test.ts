import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { placeOf, program } from "./program.ts";

const source = `interface Held { readonly name: string }
const registry = new FinalizationRegistry<Held>(onCollected);
export class Connection {
  open(held: Held): void {
    registry.register(this, held);
  }
}
async function onCollected(heldValue: Held): Promise<void> {
  console.log("closed", heldValue.name);
}
`;

const bundle = (minify: boolean, sourcemap: "inline" | "linked" | "external", outfile: string) =>
  buildSync({
    stdin: { contents: source, sourcefile: "../src/connection.ts", loader: "ts" },
    bundle: true,
    format: "cjs",
    platform: "node",
    write: false,
    outfile,
    minify,
    sourcemap,
  }).outputFiles;

function bundled(minify: boolean, sourcemap: "inline" | "linked" | "external") {
  const outputs = bundle(minify, sourcemap, "/srv/dist/main.js");
  const files: Record<string, string> = {};
  for (const { path, text } of outputs) files[path] = text;
  for (const [path, text] of Object.entries(files)) {
    // esbuild takes the test's folder for that of the source.
    if (path.endsWith(".map")) files[path] = withSource(text);
    else
      files[path] = text.replace(/(base64,)(.*)/, (_, scheme: string, data: string) => {
        const map = withSource(Buffer.from(data, "base64").toString());
        return scheme + Buffer.from(map).toString("base64");
      });
  }
  return files;
}

const withSource = (map: string) =>
  JSON.stringify({ ...(JSON.parse(map) as object), sources: ["../src/connection.ts"] });

test.each([
  [false, "inline"],
  [true, "inline"],
  [false, "linked"],
  [true, "linked"],
] as const)(
  "a bundle (minified: %s, map: %s) leads to the user's lines and names",
  async (minify, sourcemap) => {
    const files = bundled(minify, sourcemap);
    const { library, script } = program(files);
    const text = files["/srv/dist/main.js"] ?? "";
    const start = placeOf(text, "async function", "start");
    const facts = await library.registryOf(script("/srv/dist/main.js"), start);
    const position = (line: number, column: number, name: string | null) => ({
      file: "/srv/src/connection.ts",
      line,
      column,
      function: name,
      generated: {
        file: "/srv/dist/main.js",
        line: expect.any(Number) as number,
        column: expect.any(Number) as number,
      },
    });
    expect(facts).toEqual({
      createdAt: position(2, 18, null),
      callback: position(8, 1, "onCollected"),
      registeredAt: [
        {
          position: position(5, 14, expect.stringMatching(/open$/) as string),
          count: null,
          certainty: "candidate",
        },
      ],
    });
    expect(facts?.callback.generated).toMatchObject(start);
    const log = placeOf(text, "console.log", "start");
    const minifiedName = /async function (\w+)/.exec(text)?.[1] ?? "";
    expect(await library.position(script("/srv/dist/main.js"), log, minifiedName)).toEqual(
      position(9, 3, "onCollected"),
    );
  },
);

test("an external map that is missing or damaged leaves the generated position", async () => {
  for (const map of [undefined, "", "{", '{"version":3,"sources":["a"],"mappings":"!!"}']) {
    const files: Record<string, string> = { "/srv/a.js": "f();\n//# sourceMappingURL=a.js.map" };
    if (map !== undefined) files["/srv/a.js.map"] = map;
    const { library, script } = program(files);
    expect(await library.position(script("/srv/a.js"), { line: 1, column: 1 }, null)).toEqual({
      file: "/srv/a.js",
      line: 1,
      column: 1,
      function: null,
    });
  }
});

test.each(["file:///srv/my%20app/a.js", "/srv/my app/a.js"])(
  "the map of %s is found beside it, in a folder with a space",
  async (url) => {
    const map = '{"version":3,"sources":["b c.ts"],"names":[],"mappings":"AAAA"}';
    const { library, script } = program({
      [url]: "f();\n//# sourceMappingURL=a.js.map",
      "/srv/my app/a.js.map": map,
    });
    expect(await library.position(script(url), { line: 1, column: 3 }, "f")).toEqual({
      file: "/srv/my app/b c.ts",
      line: 1,
      column: 1,
      function: "f",
      generated: { file: "/srv/my app/a.js", line: 1, column: 3 },
    });
  },
);

test("webpack's names become files when these are in a folder above the bundle", async () => {
  const map = (source: string) =>
    JSON.stringify({ version: 3, sources: [source], names: [], mappings: "AAAA" });
  const files = {
    "/srv/app/dist/js/main.js": "f();\n//# sourceMappingURL=main.js.map",
    "/srv/app/dist/js/main.js.map": map("webpack://app/./src/a.ts?1a2b"),
    "/srv/app/src/a.ts": "f();",
    "/srv/other/main.js": "f();\n//# sourceMappingURL=main.js.map",
    "/srv/other/main.js.map": map("webpack:///./src/gone.ts"),
  };
  const { library, script } = program(files);
  const begin = { line: 1, column: 1 };
  const found = await library.position(script("/srv/app/dist/js/main.js"), begin, null);
  expect(found.file).toBe("/srv/app/src/a.ts");
  const kept = await library.position(script("/srv/other/main.js"), begin, null);
  expect(kept.file).toBe("webpack:///./src/gone.ts");
});

test("V8's idea of the map's URL is used where there is one", async () => {
  const files = { "/srv/b.map": '{"version":3,"sources":["b.ts"],"names":[],"mappings":"AAAA"}' };
  const { library, script } = program(files, {
    loadScript: async () => ({ text: "f(); //# sourceMappingURL=a.map", sourceMapUrl: "b.map" }),
  });
  const { file } = await library.position(script("/srv/a.js"), { line: 1, column: 1 }, null);
  expect(file).toBe("/srv/b.ts");
});

test.each([
  { line: 0, column: 0 },
  { line: -3, column: -1 },
  { line: Number.NaN, column: 1.5 },
  { line: 1e9, column: 1e9 },
])("the senseless place %j still gives a valid position", async (place) => {
  const { library, script } = program({ "/srv/a.js": "f();" });
  const position = await library.position(script("/srv/a.js"), place, null);
  expect(Number.isInteger(position.line) && position.line >= 1).toBe(true);
  expect(Number.isInteger(position.column) && position.column >= 1).toBe(true);
});

test.each([
  ["node:internal/timers", "node:internal/timers"],
  ["file:///C:/app/a%20b.js", "C:\\app\\a b.js"],
  ["https://example.org/a.js", "https://example.org/a.js"],
  ["", ""],
])("a script named %j without a text is shown as %j", async (url, file) => {
  const { library, script } = program({});
  const position = await library.position(script(url), { line: 4, column: 2 }, "f");
  expect(position).toEqual({ file, line: 4, column: 2, function: "f" });
});

describe("the text of a file", () => {
  const mapWith = (sourcesContent?: readonly string[]) =>
    JSON.stringify({
      version: 3,
      sources: ["webpack://app/./gone.ts"],
      sourcesContent,
      names: [],
      mappings: "AAAA",
    });
  const begin = { line: 1, column: 1 };
  const withMap = "f();\n//# sourceMappingURL=a.js.map";

  test("is what the source map brings along, once a position has named it", async () => {
    const { library, script } = program({
      "/srv/a.js": withMap,
      "/srv/a.js.map": mapWith(["\uFEFFthe user's text"]),
    });
    expect(await library.text("webpack://app/./gone.ts")).toBeNull();
    const { file } = await library.position(script("/srv/a.js"), begin, null);
    expect(await library.text(file)).toBe("the user's text");
    expect(await library.text("/srv/a.js")).toBe(withMap);
    expect(await library.text("/srv/a.js.map")).toBeNull();
  });

  test("is unknown when its map has none", async () => {
    const { library, script } = program({ "/srv/a.js": withMap, "/srv/a.js.map": mapWith() });
    const { file } = await library.position(script("/srv/a.js"), begin, null);
    expect(await library.text(file)).toBeNull();
  });

  test("is the script's own where only the process has it", async () => {
    const { library, script } = program({ "[eval]": "new FinalizationRegistry(f)" });
    await library.position(script("[eval]"), begin, null);
    await library.position(script(""), begin, null);
    expect(await library.text("[eval]")).toBe("new FinalizationRegistry(f)");
    expect(await library.text("")).toBeNull();
  });
});

describe("a byte order mark", () => {
  const withMark = (rest: string) => `\uFEFF${rest}`;
  const registry = "new FinalizationRegistry(h => {});";

  test("is a column to V8 in a CommonJS module, and none to the user or to the source map", async () => {
    const map = '{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA,IAAI"}';
    const text = withMark("ab( f());\nab();\n//# sourceMappingURL=a.js.map");
    const mapped = program({ "/srv/a.js": text, "/srv/a.js.map": map });
    const place = { line: 1, column: 6 };
    expect(await mapped.library.position(mapped.script("/srv/a.js"), place, null)).toMatchObject({
      column: 5,
      generated: { line: 1, column: 5 },
    });
    const plain = program({ "/srv/a.js": text });
    const columns = [1, 6].map((column) => ({ line: 1, column }));
    const shown = [...columns, { line: 2, column: 6 }].map((each) =>
      plain.library.position(plain.script("/srv/a.js"), each, null),
    );
    expect((await Promise.all(shown)).map(({ column }) => column)).toEqual([1, 5, 6]);
  });

  test.each([
    ["/srv/a.cjs", registry, 27],
    ["/srv/a.js", registry, 27],
    ["file:///srv/a.mjs", registry, 26],
    ["file:///srv/a.js", `${registry} \nexport {};`, 26],
  ])("in %s leaves the callback where V8 says it is", async (url, text, column) => {
    const { library, script } = program({ [url]: withMark(text) });
    const facts = await library.registryOf(script(url), { line: 1, column });
    expect(facts?.callback.column).toBe(26);
    const answer = await library.cleanupCallbackAt(script(url), { line: 1, column }, null);
    expect(answer.proof).toBe("certain");
  });
});
