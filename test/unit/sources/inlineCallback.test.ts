import { describe, expect, test } from "vitest";
import { program } from "./program.ts";

const file = "/srv/a.js";
const ask = async (text: string, mark = "/*f*/", others: Record<string, string> = {}) => {
  const { library, script, place } = program({ [file]: text, ...others });
  return library.cleanupCallbackAt(script(file), place(file, mark), null);
};

describe("an inline callback is certain without a parse of the script, of which the rest is no code, as", () => {
  test.each([
    ["an arrow", "new FinalizationRegistry(/*f*/h=>{})"],
    ["an arrow behind spaces", "new  FinalizationRegistry (\n  /*f*/({ a, b }) => a)"],
    [
      "a typed arrow",
      "new FinalizationRegistry<Map<string, number>>(/*f*/(h: string): void => {})",
    ],
    ["an arrow in parentheses", "new FinalizationRegistry((/*f*/h=>{h({})}))"],
    [
      "an async arrow",
      "new globalThis.FinalizationRegistry(/*f*/async h => { for (;;) { await '}' } })",
    ],
    ["a function", "new FinalizationRegistry(/*f*/function (h) { if (h) { '}' } })"],
    ["a function, by its parenthesis", "new FinalizationRegistry(async function* name/*f*/(h) {})"],
    ["a bound function", "new FinalizationRegistry(/*f*/function (h) {}.bind(x))"],
  ])("%s", async (_, text) => {
    expect(await ask(`${text} this is { no code`)).toMatchObject({
      proof: "certain",
      reason: expect.stringContaining("/srv/a.js:1:1") as string,
    });
  });
});

describe("a text that looks like an inline callback is none when", () => {
  test.each([
    [
      "the function is called at once",
      "new FinalizationRegistry(/*f*/function () { return g }()); function g() {}",
    ],
    ["the arrow is called at once", "new FinalizationRegistry((/*f*/() => g)()); function g() {}"],
    [
      "the name has a meaning of its own",
      "import { FinalizationRegistry } from './own.js'; new FinalizationRegistry(/*f*/() => {})",
    ],
    [
      "it is a parameter",
      "((FinalizationRegistry) => new FinalizationRegistry(/*f*/() => {}))(class {})",
    ],
    ["it stands in a comment", "setTimeout(// new FinalizationRegistry(\n/*f*/() => {})"],
    [
      "it is another's property",
      "new own.FinalizationRegistry(/*f*/() => {}); class own { static FinalizationRegistry = class {} }",
    ],
    [
      "it is part of a longer name",
      "class R {} renew = { FinalizationRegistry() {} }; new R(/*f*/() => {})",
    ],
  ])("%s", async (_, text) => {
    const own = { "/srv/own.js": "export class FinalizationRegistry { constructor(f) { f() } }" };
    expect(await ask(text, "/*f*/", own)).toMatchObject({ proof: "none" });
  });
});

test("an inline function that names itself is looked at in full", async () => {
  const text = "new FinalizationRegistry(/*f*/function again() { setTimeout(again) })";
  expect(await ask(text)).toMatchObject({ proof: "certain", alsoUsedElsewhere: true });
});

describe("a long script that doesn't mention FinalizationRegistry", () => {
  // What can't be parsed tells whether a parse was tried.
  const long = `/*f*/function f() { no code } // ${"x".repeat(600_000)}`;
  const settled = "const r = new FinalizationRegistry(() => {});";
  test.each([
    ["isn't parsed when no other script has to do with it", long, settled, "none"],
    [
      "counts when a registry's callback isn't known",
      long,
      `${settled} new FinalizationRegistry(x)`,
      "open",
    ],
    ["counts when the other script imports it", long, `import "./a.js"; ${settled}`, "open"],
    ["counts when it imports something", `${long}\nimport "./b.js";`, settled, "open"],
    [
      "is not parsed when it imports modules of Node's",
      `${long}\nimport "node:fs";`,
      settled,
      "none",
    ],
  ])("%s", async (_, text, other, proof) => {
    expect(await ask(text, "/*f*/", { "/srv/b.js": other })).toMatchObject({ proof });
  });
});
