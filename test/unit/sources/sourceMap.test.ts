import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { parseSourceMap } from "../../../extension/sources/sourceMap.ts";
import { dataUrlText, sourceMapReference } from "../../../extension/sources/sourceMapReference.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("the last of several sourceMappingURL comments counts, whatever its form", () => {
  expect(sourceMapReference("a\n//# sourceMappingURL=a.map\n//@ sourceMappingURL=b.map\n")).toBe(
    "b.map",
  );
  expect(sourceMapReference("//# sourceMappingURL=a.map\n/*# sourceMappingURL=c d.map */")).toBe(
    "c d.map",
  );
  expect(
    sourceMapReference("/*# sourceMappingURL=c.map */\n//# sourceMappingURL=my a.map\r\n"),
  ).toBe("my a.map");
});

test("program text that only looks like such a comment is not taken for one", () => {
  expect(sourceMapReference('write("//# sourceMappingURL=" + name)')).toBeNull();
  expect(sourceMapReference('write("//# sourceMappingURL=a.map")')).toBeNull();
  expect(sourceMapReference("//# sourceMappingURL=\n")).toBeNull();
});

test("data URLs are read in base64 and in percent-encoding, and damage gives null", () => {
  expect(dataUrlText(`data:application/json;charset=utf-8;base64,${base64('{"ü":1}')}`)).toBe(
    '{"ü":1}',
  );
  expect(dataUrlText(`data:application/json,${encodeURIComponent('{"ü":1}')}`)).toBe('{"ü":1}');
  expect(dataUrlText("data:application/json;base64,&&&")).toBeNull();
  expect(dataUrlText("data:application/json,%ff")).toBeNull();
  expect(dataUrlText("data:nothing")).toBeNull();
});

// One mapping: generated 1:1 is original 1:1 of source 0, then generated 1:9 is original 2:5.
const oneSource = (source: string | null, sourceRoot?: string) =>
  JSON.stringify({ version: 3, sources: [source], sourceRoot, names: [], mappings: "AAAA,QACI" });

test.each([
  ["a.ts", undefined, "/srv/dist/a.js.map", "/srv/dist/a.ts"],
  ["../src/my a.ts", undefined, "/srv/dist/a.js.map", "/srv/src/my a.ts"],
  ["a.ts", "../src", "/srv/dist/a.js.map", "/srv/src/a.ts"],
  ["a.ts", "/other", "/srv/dist/a.js.map", "/other/a.ts"],
  ["a.ts", "file:///other/", "/srv/dist/a.js.map", "/other/a.ts"],
  ["file:///x/y%20z.ts", undefined, "/srv/dist/a.js.map", "/x/y z.ts"],
  ["file:///C:/x/y.ts", undefined, "C:\\srv\\a.js.map", "C:\\x\\y.ts"],
  ["..\\src\\a.ts", undefined, "C:\\srv\\dist\\a.js.map", "C:\\srv\\src\\a.ts"],
  ["webpack://app/./src/a.ts", undefined, "/srv/dist/a.js.map", "webpack://app/./src/a.ts"],
  ["./src/a.ts", "webpack:///", "/srv/dist/a.js.map", "webpack:///./src/a.ts"],
  ["a.ts", undefined, "https://example.org/dist/a.js.map", "https://example.org/dist/a.ts"],
])("source %s with root %s in the map %s is %s", (source, root, mapUrl, expected) => {
  const map = parseSourceMap(oneSource(source, root), mapUrl);
  expect(map?.original({ line: 1, column: 1 })).toEqual({
    file: expected,
    line: 1,
    column: 1,
    name: null,
  });
});

test("a place between two mappings belongs to the one on its left", () => {
  const map = parseSourceMap(oneSource("a.ts"), "/srv/a.js.map");
  expect(map?.original({ line: 1, column: 8 })).toMatchObject({ line: 1, column: 1 });
  expect(map?.original({ line: 1, column: 9 })).toMatchObject({ line: 2, column: 5 });
  expect(map?.original({ line: 1, column: 500 })).toMatchObject({ line: 2, column: 5 });
});

test("code that the map leaves out has no place in the source", () => {
  // Generated column 5 is original 10:1, column 11 begins unmapped code, column 21 is original 31:1.
  const mappings = "IASA,M,UAqBA";
  const text = JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings });
  const map = parseSourceMap(text, "/a.js.map");
  const lines = [1, 5, 10, 11, 20, 21].map((column) => map?.original({ line: 1, column })?.line);
  expect(lines).toEqual([undefined, 10, 10, undefined, undefined, 31]);
});

test("a map of more than 256 Mi characters is not read", () => {
  const text = oneSource("a.ts");
  const padding = " ".repeat(256 * 1024 * 1024 - text.length);
  expect(parseSourceMap(`${text}${padding} `, "/a.js.map")).toBeNull();
});

test("lines without mappings and sources without a name are not mapped", () => {
  const map = parseSourceMap(oneSource("a.ts"), "/srv/a.js.map");
  expect(map?.original({ line: 7, column: 1 })).toBeNull();
  expect(map?.original({ line: 0, column: 1 })).toBeNull();
  const anonymous = parseSourceMap(oneSource(null), "/srv/a.js.map");
  expect(anonymous?.original({ line: 1, column: 1 })).toBeNull();
});

test("a map made of sections answers from the section that covers the place", () => {
  const section = (source: string) => JSON.parse(oneSource(source)) as object;
  const text = JSON.stringify({
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map: section("a.ts") },
      { offset: { line: 10, column: 4 }, map: section("b.ts") },
    ],
  });
  const map = parseSourceMap(text, "/srv/all.js.map");
  expect(map?.files).toEqual(["/srv/a.ts", "/srv/b.ts"]);
  expect(map?.original({ line: 1, column: 9 })).toMatchObject({ file: "/srv/a.ts", line: 2 });
  expect(map?.original({ line: 11, column: 13 })).toMatchObject({ file: "/srv/b.ts", line: 2 });
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  "<!doctype html>",
  '{"version":3,"sources":["a"],"names":[]}',
  '{"version":3,"sources":"a","names":[],"mappings":"AAAA"}',
  '{"version":3,"sections":[{"offset":{"line":0,"column":0}}]}',
  '{"version":3,"sections":[7]}',
])("%j is no source map", (text) => {
  expect(parseSourceMap(text, "/a.js.map")).toBeNull();
});

test("mappings that point to sources or names that don't exist give no answer instead of an error", () => {
  const text = '{"version":3,"sources":["a"],"names":[],"mappings":"AAAA,ICAAA,QDAAG,IDDAA"}';
  expect(parseSourceMap(text, "/a.js.map")?.original({ line: 1, column: 5 })).toBeNull();
  expect(parseSourceMap(text, "/a.js.map")?.original({ line: 1, column: 13 })).toMatchObject({
    file: "/a",
    name: null,
  });
  expect(parseSourceMap(text, "/a.js.map")?.original({ line: 1, column: 17 })).toBeNull();
});

test("a map behind an anti-hijacking line is read", () => {
  expect(parseSourceMap(`)]}'\n${oneSource("a.ts")}`, "/a.js.map")?.files).toEqual(["/a.ts"]);
});

test("the text that a map brings along is given for each of its files, sections included", () => {
  const part = (source: string, content: unknown) => ({
    version: 3,
    sources: [source],
    sourcesContent: [content],
    names: [],
    mappings: "AAAA",
  });
  const sections = ["a.ts", "b.ts"].map((source, line) => ({
    offset: { line, column: 0 },
    map: part(source, `text of ${source}`),
  }));
  const map = parseSourceMap(JSON.stringify({ version: 3, sections }), "/srv/out.js.map");
  expect(map?.content("/srv/a.ts")).toBe("text of a.ts");
  expect(map?.content("/srv/b.ts")).toBe("text of b.ts");
  expect(map?.content("/srv/c.ts")).toBeNull();
  for (const nothing of [null, 7]) {
    const bare = parseSourceMap(JSON.stringify(part("a.ts", nothing)), "/srv/out.js.map");
    expect(bare?.content("/srv/a.ts")).toBeNull();
  }
  expect(parseSourceMap(oneSource("a.ts"), "/srv/a.js.map")?.content("/srv/a.ts")).toBeNull();
});

test("a name in the map is given for a minified identifier", () => {
  const { code, map } = transformSync(
    "export function start() { function cleanup(held) { release(held) }\nreturn [cleanup, cleanup] }",
    { minify: true, sourcemap: "external", sourcefile: "a.js" },
  );
  const column = code.lastIndexOf("function ") + "function ".length + 1;
  expect(parseSourceMap(map, "/srv/out.js.map")?.original({ line: 1, column })).toEqual({
    file: "/srv/a.js",
    line: 1,
    column: 36,
    name: "cleanup",
  });
});
