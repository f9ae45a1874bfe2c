import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { placeOf, program } from "./program.ts";

const file = "/srv/a.js";
const start = "const f = /*f*/(h) => {};\n";

describe("the lines that register on a registry are found", () => {
  test.each([
    [
      "through a variable",
      "const r = new FinalizationRegistry(f);\nr.register(o, 1);",
      ["3:3 null"],
    ],
    [
      "with an optional call",
      "const r = new FinalizationRegistry(f);\nr?.register(o, 1);",
      ["3:4 null"],
    ],
    [
      "by a quoted name",
      'const r = new FinalizationRegistry(f);\nr["register"](o, 1);',
      ["3:14 null"],
    ],
    ["directly on the new object", "new FinalizationRegistry(f).register(o, 1);", ["2:29 null"]],
    [
      "in the order of the text",
      "const r = new FinalizationRegistry(f);\nfunction one() { r.register(o, 1) }\nconst two = () => r.register(p);",
      ["3:20 one", "4:21 two"],
    ],
    [
      "on the line of the word register when the call spans lines",
      "const r = new FinalizationRegistry(f);\nr\n  .register(o, 1);",
      ["4:4 null"],
    ],
    [
      "through a private field",
      "class A {\n  #r = new FinalizationRegistry(f);\n  add(o) { this.#r.register(o, 1) }\n}",
      ["4:20 A.add"],
    ],
    [
      "through a property set in the constructor",
      "class A { constructor() { this.r = new FinalizationRegistry(f) }\n  add(o) { this.r.register(o, 1) } }",
      ["3:19 A.add"],
    ],
    [
      "in a derived class",
      "class A { r = new FinalizationRegistry(f) }\nclass B extends A { add(o) { this.r.register(o) } }",
      ["3:37 B.add"],
    ],
    [
      "through a static field",
      "class A { static r = new FinalizationRegistry(f) }\nA.r.register(o);",
      ["3:5 null"],
    ],
    [
      "through a getter",
      "class A { #r = new FinalizationRegistry(f); get r() { return this.#r } }\nnew A().r.register(o);",
      ["3:11 null"],
    ],
    [
      "through an alias",
      "const r = new FinalizationRegistry(f); const s = r;\ns.register(o);",
      ["3:3 null"],
    ],
    [
      "through a getter function",
      "let r; const get = () => (r ??= new FinalizationRegistry(f));\nget().register(o);",
      ["3:7 null"],
    ],
    [
      "through a parameter",
      "const r = new FinalizationRegistry(f);\nfunction add(s, o) { s.register(o, 1) } add(r, {})",
      ["3:24 add"],
    ],
    [
      "in a wrapper",
      "const r = new FinalizationRegistry(f);\nfunction track(o) { r.register(o) } track({})",
      ["3:23 track"],
    ],
    [
      "on this of a derived class",
      "class R extends FinalizationRegistry { add(o) {\n this.register(o) } }\nconst r = new R(f);",
      ["3:7 R.add"],
    ],
    [
      "when the registry may be missing",
      "const r = globalThis.FinalizationRegistry && new FinalizationRegistry(f);\nif (r) r.register(o);",
      ["3:10 null"],
    ],
    [
      "through TypeScript's compiled private field",
      'class A { constructor() { _A_r.set(this, new FinalizationRegistry(f)) }\n add(o) { __classPrivateFieldGet(this, _A_r, "f").register(o) } } var _A_r = new WeakMap();',
      ["3:51 A.add"],
    ],
    [
      "through esbuild's compiled private field",
      "class A { constructor() { __privateAdd(this, _r, new FinalizationRegistry(f)) }\n add(o) { __privateGet(this, _r).register(o) } } _r = new WeakMap();",
      ["3:34 A.add"],
    ],
    [
      "through a map, by being the only registry near",
      "const m = new Map(); m.set(1, new FinalizationRegistry(f));\nm.get(1).register(o, 1);",
      ["3:10 null"],
    ],
  ])("%s", async (_, text, expected) => {
    const { sites } = program({ [file]: start + text });
    expect(await sites(file, "/*f*/")).toEqual(expected.map((site) => `${file}:${site}`));
  });
});

test("lines that register on another registry or another thing are left out", async () => {
  const { sites } = program({
    [file]: `${start}const r = new FinalizationRegistry(f), s = new FinalizationRegistry(() => {});
const hooks = { register() {} };
s.register(a, 1);
hooks.register(b, 1);
r.register(c, 1);
{ const r = s; r.register(d, 1) }`,
  });
  expect(await sites(file, "/*f*/")).toEqual([`${file}:6:3 null`]);
});

describe("the lines that register on an exported registry are found in the file that", () => {
  const registry = `${start}export const r = new FinalizationRegistry(f);`;
  test.each([
    ["imports it", 'import { r as s } from "./a.js";\ns.register(o);'],
    ["imports the module", 'import * as a from "./a.js";\na.r.register(o);'],
    ["requires it", 'const { r } = require("./a");\nr.register(o);'],
    ["imports it dynamically", 'const { r } = await import("./a.js");\nr.register(o);'],
  ])("%s", async (_, text) => {
    const { sites } = program({ [file]: registry, "/srv/user.js": text });
    const column = (text.split("\n")[1] ?? "").indexOf("register") + 1;
    expect(await sites(file, "/*f*/")).toEqual([`/srv/user.js:2:${column} null`]);
  });

  test("imports it by way of another file", async () => {
    const { sites } = program({
      [file]: registry,
      "/srv/lib/index.js": 'export * from "../a.js";',
      "/srv/user.js": 'import { r } from "./lib/index.js";\nr.register(o);',
    });
    expect(await sites(file, "/*f*/")).toEqual(["/srv/user.js:2:3 null"]);
  });

  test("requires a CommonJS module", async () => {
    const { sites } = program({
      [file]: `${start}const r = new FinalizationRegistry(f);\nmodule.exports = { r };`,
      "/srv/user.js": 'const a = require("./a");\nfunction add(o) { a.r.register(o) }',
    });
    expect(await sites(file, "/*f*/")).toEqual(["/srv/user.js:2:23 add"]);
  });
});

test("the places of creation and callback are told, in whichever file they are", async () => {
  const { library, script, place } = program({
    [file]: "export /*f*/function f() {}",
    "/srv/r.js":
      'import { f } from "./a.js";\nfunction make() {\n  return new FinalizationRegistry(f);\n}\nmake().register({});',
  });
  expect(await library.registryOf(script(file), place(file, "/*f*/"))).toEqual({
    callback: { file, line: 1, column: 13, function: "f" },
    createdAt: { file: "/srv/r.js", line: 3, column: 10, function: "make" },
    registeredAt: [
      {
        position: { file: "/srv/r.js", line: 5, column: 8, function: null },
        count: null,
        certainty: "candidate",
      },
    ],
  });
});

describe("the column of a register call is V8's", () => {
  const withSites = {
    register() {
      const holder: { stack?: unknown } = {};
      const prepare = Error.prepareStackTrace;
      Error.prepareStackTrace = (_, sites) => sites[0]?.getColumnNumber();
      Error.captureStackTrace(holder, withSites.register);
      const column = holder.stack;
      Error.prepareStackTrace = prepare;
      return column;
    },
  };
  test.each([
    "r.register(o)",
    "r?.register(o)",
    "r.register?.(o)",
    '(r)["register"](o)',
    'r?.["register"] (o)',
    "(r.register)(o)",
    "r . /* ( */ register (o)",
    "(0, r).register(o)",
  ])("in %s", async (call) => {
    const line = `const f=h=>{},r=new FinalizationRegistry(f),o={};${call}`;
    const run = line.replace("new FinalizationRegistry(f)", "this.registryUnderTest     ");
    const shared = globalThis as Record<string, unknown>;
    shared["registryUnderTest"] = withSites;
    const column: unknown = runInThisContext(`{${run}}`);
    delete shared["registryUnderTest"];
    const { library, script } = program({ [file]: line });
    const facts = await library.registryOf(script(file), placeOf(line, "h=>", "start"));
    // One for the brace in front, which keeps the names out of the global scope.
    expect(facts?.registeredAt.map(({ position }) => position.column + 1)).toEqual([column]);
  });
});

test.each([
  ["static m(h) {}", "A.m", 8],
  ["static /* x */ async m(h) {}", "A.m", 16],
  ["static static(h) {}", "A.static", 8],
  ["static #m(h) {} static r = new FinalizationRegistry(A.#m);", "0", 8],
  ["private static m(h: string) {}", "A.m", 16],
  ["static() {}", "A.prototype.static", 1],
])("the callback %s begins where V8 says that the method does", async (method, passed, column) => {
  const text = `class A {\n${method}\n}\nnew FinalizationRegistry(${passed});`;
  const { library, script } = program({ [file]: text });
  const facts = await library.registryOf(script(file), { line: 2, column: column + 3 });
  expect(facts?.callback).toMatchObject({ line: 2, column });
});

test("nothing is told of a function that no registry has", async () => {
  const { library, script, place } = program({ [file]: "/*f*/function f() {}" });
  expect(await library.registryOf(script(file), place(file, "/*f*/"))).toBeNull();
});

test("scripts that don't mention FinalizationRegistry are read but not parsed for an unexported one", async () => {
  const { sites } = program({
    [file]: `${start}const r = new FinalizationRegistry(f); r.register({});`,
    "/srv/broken.js": "this is { no code",
  });
  expect(await sites(file, "/*f*/")).toHaveLength(1);
});

test.each([
  "",
  "}{",
  "new FinalizationRegistry(",
  "x".repeat(5000),
  `${"(".repeat(20_000)}`,
  "\u0000",
])("broken text number %# gives an answer instead of an error", async (text) => {
  const { library, script } = program({ [file]: text });
  const begin = { line: 1, column: 1 };
  expect(await library.registryOf(script(file), begin)).toBeNull();
  expect(["open", "none"]).toContain(
    (await library.cleanupCallbackAt(script(file), begin, { line: 99, column: -5 })).proof,
  );
});

test("expressions nested too deep for a walk give an answer instead of an error", async () => {
  const text = `new FinalizationRegistry(() => {});\nx = ${'"a" + '.repeat(30_000)}"b";`;
  const { library, script } = program({ [file]: text });
  const answer = await library.cleanupCallbackAt(script(file), { line: 1, column: 26 }, null);
  expect(["certain", "open"]).toContain(answer.proof);
});

test("a bundle of many megabytes is said to take longer than a look may", async () => {
  const { library: small } = program({ [file]: start });
  const { library: huge } = program({ [file]: start + " ".repeat(2_000_001) });
  expect(await small.isQuicklyRead({ url: file, scriptId: null })).toBe(true);
  expect(await huge.isQuicklyRead({ url: file, scriptId: null })).toBe(false);
});
