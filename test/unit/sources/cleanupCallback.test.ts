import { describe, expect, test } from "vitest";
import { program } from "./program.ts";

const file = "/srv/a.js";
const ask = async (text: string, mark = "/*f*/", others: Record<string, string> = {}) => {
  const { library, script, place } = program({ [file]: text, ...others });
  return library.cleanupCallbackAt(script(file), place(file, mark), null);
};

describe("a function is certainly a cleanup callback when it is given to a registry as", () => {
  test.each([
    ["an inline arrow", "new FinalizationRegistry(/*f*/(h) => {})"],
    ["an inline function", "new FinalizationRegistry(/*f*/function (h) {})"],
    ["an async arrow", "new FinalizationRegistry(/*f*/async h => {})"],
    ["a declaration", "const r = new FinalizationRegistry(f); /*f*/function f(h) {}"],
    ["a constant", "const f = /*f*/(h) => {}; const r = new globalThis.FinalizationRegistry(f)"],
    ["a variable assigned later", "let f; f = /*f*/() => {}; new FinalizationRegistry(f)"],
    [
      "an inner name",
      "function g() { const f = /*f*/() => {}; return new FinalizationRegistry(f) }",
    ],
    ["a private method", "class A { #r = new FinalizationRegistry(this.#m); /*f*/#m(h) {} }"],
    ["a bound method", "class A { r = new FinalizationRegistry(this.m.bind(this)); /*f*/m(h) {} }"],
    ["a static method", "class A { static /*f*/m(h) {} } new FinalizationRegistry(A.m)"],
    [
      "a field",
      "class A { f = /*f*/(h) => {}; constructor() { this.r = new FinalizationRegistry(this.f) } }",
    ],
    ["a property of an object", "const o = { /*f*/m(h) {} }; new FinalizationRegistry(o.m)"],
    ["a destructured property", "const { m } = { m: /*f*/(h) => {} }; new FinalizationRegistry(m)"],
    [
      "a prototype's method",
      "function A() { this.r = new FinalizationRegistry(this.m) } A.prototype.m = /*f*/function () {}",
    ],
    ["a returned closure", "const make = (x) => /*f*/(h) => x; new FinalizationRegistry(make(1))"],
    [
      "a parameter of a factory",
      "const make = (cb) => new FinalizationRegistry(cb); make(/*f*/(h) => {})",
    ],
    [
      "a parameter of a constructor",
      "class A { constructor(cb) { this.r = new FinalizationRegistry(cb) } } new A(/*f*/() => {})",
    ],
    [
      "an option of a constructor",
      "class A { constructor({ cb }) { this.r = new FinalizationRegistry(cb) } } new A({ cb: /*f*/() => {} })",
    ],
    [
      "an alternative",
      "const f = /*f*/() => {}; new FinalizationRegistry(process.env.X ? f : console.log)",
    ],
    [
      "an argument of an alias",
      "const Registry = globalThis.FinalizationRegistry; new Registry(/*f*/() => {})",
    ],
    [
      "an argument of a derived class",
      "class R extends FinalizationRegistry {} new R(/*f*/() => {})",
    ],
    [
      "an argument of super",
      "class R extends FinalizationRegistry { constructor() { super(/*f*/() => {}) } } new R()",
    ],
    [
      "an argument that a class passes on",
      "class R extends FinalizationRegistry { constructor(n, cb) { super(cb) } } new R(1, /*f*/() => {})",
    ],
    [
      "a compiled private field's method",
      "class A { constructor() { __publicField(this, 'f', /*f*/() => {}); this.r = new FinalizationRegistry(this.f) } }".replaceAll(
        "'",
        '"',
      ),
    ],
    ["a script with a hashbang", "#!/usr/bin/env node\nnew FinalizationRegistry(/*f*/() => {})"],
    [
      "a script that returns and awaits at top level",
      "await 1; return new FinalizationRegistry(/*f*/() => {})",
    ],
    ["JSX's neighbour", "const e = <a b={1}>x</a>; new FinalizationRegistry(/*f*/() => {})"],
    [
      "a registry that is declared for TypeScript",
      "declare var FinalizationRegistry: any;\nnew FinalizationRegistry(/*f*/() => {})",
    ],
    [
      "TypeScript in a .js file",
      "const r = new FinalizationRegistry<string>(/*f*/(h: string): void => {})",
    ],
  ])("%s", async (_, text) => {
    expect(await ask(text)).toMatchObject({
      proof: "certain",
      alsoUsedElsewhere: false,
      afterFirstAwait: false,
    });
  });
});

test("a function passed through a wrapper is likely a cleanup callback", async () => {
  const text =
    'const { wrap } = require("wrapper"); new FinalizationRegistry(wrap(/*f*/(h) => {}))';
  expect(await ask(text)).toMatchObject({ proof: "likely" });
});

test("a wrapper that can be looked into makes its closure certain and its argument likely", async () => {
  const text =
    "const wrap = (f) => /*closure*/(h) => f(h); new FinalizationRegistry(wrap(/*f*/(h) => {}))";
  expect(await ask(text)).toMatchObject({ proof: "likely" });
  expect(await ask(text, "/*closure*/")).toMatchObject({ proof: "certain" });
});

describe("a function is no cleanup callback when", () => {
  test.each([
    [
      "it is another one in the same script",
      "new FinalizationRegistry(() => {}); /*f*/function f() {}",
    ],
    [
      "its name is that of an inner one",
      "/*f*/function f() {} { const f = () => {}; new FinalizationRegistry(f) }",
    ],
    [
      "FinalizationRegistry is the program's own class",
      "class FinalizationRegistry {} new FinalizationRegistry(/*f*/() => {})",
    ],
    ["the registry logs only", "new FinalizationRegistry(console.log); const f = /*f*/() => {}"],
    [
      "it is only handed to a timer",
      "export const m = (cb) => new FinalizationRegistry(cb); setTimeout(/*f*/() => {})",
    ],
    [
      "it is only called",
      "export const m = (cb) => new FinalizationRegistry(cb); f(); /*f*/function f() {}",
    ],
    ["nobody mentions FinalizationRegistry", "/*f*/function f() {}"],
  ])("%s", async (_, text) => {
    expect(await ask(text)).toMatchObject({ proof: "none" });
  });
});

test("with a registry whose callback can't be resolved, other functions stay open", async () => {
  const text =
    "export const m = (cb) => new FinalizationRegistry(cb);\nexport const f = /*f*/() => {}";
  expect(await ask(text)).toEqual({
    proof: "open",
    reason:
      "Which callback is passed to the registry at /srv/a.js:1:26 can't be told from the source.",
    alsoUsedElsewhere: false,
    afterFirstAwait: false,
  });
});

test("without the script's text the answer is open", async () => {
  const { library, script } = program({}, { listScripts: async () => [] });
  const answer = await library.cleanupCallbackAt(script("/gone.js"), { line: 1, column: 1 }, null);
  expect(answer.proof).toBe("open");
  expect(answer.reason).toContain("/gone.js");
});

test("code at top level is no callback, and a line that isn't there says that the text is another", async () => {
  const { library, script } = program({ [file]: "work();\nnew FinalizationRegistry(() => {});" });
  const ask = (line: number) => library.cleanupCallbackAt(script(file), { line, column: 1 }, null);
  expect(await ask(1)).toMatchObject({ proof: "none" });
  expect(await ask(9)).toMatchObject({
    proof: "open",
    reason: "/srv/a.js has no line 9: it is not what runs.",
  });
});

test("other scripts are not read when the function's own script settles the question", async () => {
  const { library, script, place, loaded } = program({
    [file]: "new FinalizationRegistry(/*f*/() => {})",
    "/srv/b.js": "f()",
  });
  await library.cleanupCallbackAt(script(file), place(file, "/*f*/"), null);
  expect(loaded).toEqual([file]);
});

test("without a list of scripts, a function that its own script doesn't pass on stays open", async () => {
  const text = "export const f = /*f*/() => {}; new FinalizationRegistry(() => {})";
  const { library, script, place } = program({ [file]: text }, { listScripts: async () => [] });
  const answer = await library.cleanupCallbackAt(script(file), place(file, "/*f*/"), null);
  expect(answer.proof).toBe("open");
});

test("loaders that reject count as loaders without an answer", async () => {
  const fail = async () => {
    throw new Error("gone");
  };
  const { library, script } = program({}, { loadScript: fail, readFile: fail, listScripts: fail });
  const start = { line: 1, column: 1 };
  expect(await library.cleanupCallbackAt(script(file), start, start)).toMatchObject({
    proof: "open",
  });
  expect(await library.registryOf(script(file), start)).toBeNull();
  expect(await library.sameFunction(script(file), start, { line: 1, column: 2 })).toBe(false);
  expect(await library.position(script(file), { line: 2, column: 3 }, "f")).toEqual({
    file,
    line: 2,
    column: 3,
    function: "f",
  });
});

test.each([
  ["is also called by name", "f(1);", true],
  ["is also given to a timer", "setTimeout(f, 5);", true],
  ["is also a listener", "emitter.on('x', f);", true],
  ["has a namesake that is called", "{ const f = () => {}; f() }", false],
  ["is not used otherwise", "", false],
])("a callback that %s is told from one that isn't", async (_, use, expected) => {
  const text = `/*f*/function f() {}\nnew FinalizationRegistry(f); ${use}`;
  expect(await ask(text)).toMatchObject({ proof: "certain", alsoUsedElsewhere: expected });
});

describe("a callback in another file is found when it is", () => {
  const registry = (lines: string) => ({ "/srv/registry.js": lines });
  test.each([
    [
      "imported",
      "export /*f*/function f() {}",
      registry('import { f } from "./a.js"; new FinalizationRegistry(f)'),
    ],
    [
      "imported under another name",
      "/*f*/function f() {} export { f as g }",
      registry('import { g as h } from "./a.js"; new FinalizationRegistry(h)'),
    ],
    [
      "a default export",
      "export default /*f*/() => {}",
      registry('import f from "./a.js"; new FinalizationRegistry(f)'),
    ],
    [
      "in a namespace",
      "export /*f*/function f() {}",
      registry('import * as a from "./a.js"; new FinalizationRegistry(a.f)'),
    ],
    [
      "required",
      "exports.f = /*f*/() => {}",
      registry('const { f } = require("./a"); new FinalizationRegistry(f)'),
    ],
    [
      "all that a module exports",
      "module.exports = /*f*/() => {}",
      registry('const f = require("./a"); new FinalizationRegistry(f)'),
    ],
    [
      "required through an interop helper",
      "exports.f = /*f*/() => {}",
      registry('const a = __importStar(require("./a")); new FinalizationRegistry((0, a.f))'),
    ],
    [
      "re-exported",
      "export /*f*/function f() {}",
      {
        ...registry('import { f } from "./all.js"; new FinalizationRegistry(f)'),
        "/srv/all.js": 'export * from "./a.js"',
      },
    ],
    [
      "passed to an imported factory",
      'import { make } from "./registry.js"; make(/*f*/() => {})',
      registry("export const make = (cb) => new FinalizationRegistry(cb)"),
    ],
  ])("%s", async (_, text, others) => {
    expect(await ask(text, "/*f*/", others)).toMatchObject({ proof: "certain" });
  });
});

describe("an async callback", () => {
  const text = (body: string) => `new FinalizationRegistry(/*f*/async (h) => { ${body} })`;
  const at = async (body: string) => {
    const { library, script, place } = program({ [file]: text(body) });
    const current = place(file, "/*now*/");
    const answer = await library.cleanupCallbackAt(script(file), place(file, "/*f*/"), current);
    return [answer.proof, answer.afterFirstAwait];
  };
  test.each([
    ["runs before its first await", "/*now*/busy(); await x", ["certain", false]],
    ["runs what it will await", "await /*now*/busy()", ["certain", false]],
    ["runs after an await", "await x; /*now*/busy()", ["certain", true]],
    ["runs in a block after an await", "await x; if (y) { /*now*/busy() }", ["certain", true]],
    [
      "runs in a round of for await",
      "for await (const y of x) { /*now*/busy() }",
      ["certain", true],
    ],
    ["may have left out the await", "if (h) await x; /*now*/busy()", ["likely", false]],
    [
      "may be in the second round of a loop",
      "while (h) { /*now*/busy(); await x }",
      ["likely", false],
    ],
    [
      "runs after an await of another function",
      "const g = async () => { await x }; /*now*/busy()",
      ["certain", false],
    ],
    ["awaits in the other branch", "if (h) { await x } else { /*now*/busy() }", ["certain", false]],
  ])("%s", async (_, body, expected) => {
    expect(await at(body)).toEqual(expected);
  });
});
