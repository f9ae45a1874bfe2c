import { Session } from "node:inspector";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import type { GeneratedPlace } from "../../../extension/sources/sourceLoaders.ts";
import { program } from "./program.ts";

const file = "/srv/forms.js";

/** Each expression gives a function that reports its own call site; all stand on one line, as if minified. */
const forms = [
  "function () { return site() }",
  "function named () { return site() }",
  "async   function () { return site() }",
  "function /* a (comment */ g () { return site() }",
  "(a) => site()",
  "a=>site()",
  "async a => site()",
  "async (a = function () {}) => site()",
  "{ m() { return site() } }.m",
  "{ async m() { return site() } }.m",
  '{ "a b"() { return site() } }["a b"]',
  '{ ["a" + "(b"]() { return site() } }["a(b"]',
  "class { static s() { return site() } }.s",
  "class { static async s() { return site() } }.s",
  "class { static f = a => site() }.f",
  "class { static #p(a) { return site() } static get() { return this.#p } }.get()",
  'Object.getOwnPropertyDescriptor({ get g() { return site() } }, "g").get',
];
const text = `const site = siteOfCaller; [${forms.map((form) => (form.startsWith("{") ? `(${form.replace(/\}(?=[.[][^}]*$)/, "})")}` : `(${form})`)).join(",")}]`;

function callerPlace(): GeneratedPlace {
  const prepare = Error.prepareStackTrace;
  const holder: { stack?: unknown } = {};
  Error.prepareStackTrace = (_, sites) => sites;
  Error.captureStackTrace(holder, callerPlace);
  const [site] = holder.stack as unknown as {
    getEnclosingLineNumber(): number;
    getEnclosingColumnNumber(): number;
  }[];
  Error.prepareStackTrace = prepare;
  if (site === undefined) throw new Error("V8 gave no call site.");
  return { line: site.getEnclosingLineNumber(), column: site.getEnclosingColumnNumber() };
}

function measured(): readonly {
  readonly token: GeneratedPlace;
  readonly parenthesis: GeneratedPlace;
}[] {
  const shared = globalThis as Record<string, unknown>;
  shared["siteOfCaller"] = callerPlace;
  const functions = runInThisContext(text, { filename: file }) as (() => unknown)[];
  shared["functionsUnderTest"] = functions;
  const session = new Session();
  session.connect();
  const tokens: GeneratedPlace[] = [];
  const parentheses: GeneratedPlace[] = [];
  for (const [index, each] of functions.entries()) {
    const returned = each();
    if (!(returned instanceof Promise)) tokens[index] = returned as GeneratedPlace;
    session.post(
      "Runtime.evaluate",
      { expression: `functionsUnderTest[${index}]` },
      (_, { result }) => {
        session.post("Runtime.getProperties", { objectId: result.objectId ?? "" }, (_, found) => {
          const location = found.internalProperties?.find(
            ({ name }) => name === "[[FunctionLocation]]",
          );
          const place = location?.value?.value as
            | { lineNumber: number; columnNumber: number }
            | undefined;
          if (place === undefined) throw new Error(`V8 gave no location for function ${index}.`);
          parentheses[index] = { line: place.lineNumber + 1, column: place.columnNumber + 1 };
        });
      },
    );
  }
  session.disconnect();
  delete shared["siteOfCaller"];
  delete shared["functionsUnderTest"];
  return parentheses.flatMap((parenthesis, index) => {
    const token = tokens[index];
    return token === undefined ? [] : [{ token, parenthesis }];
  });
}

test("V8's two beginnings of a function are taken for one, and those of neighbours are not mixed up", async () => {
  const places = measured();
  // Async functions give a promise of their place; their forms are in the next test.
  expect(places).toHaveLength(forms.length - forms.filter((form) => form.includes("async")).length);
  const { library, script } = program({ [file]: text });
  for (const [index, one] of places.entries()) {
    for (const [otherIndex, other] of places.entries()) {
      const same = await library.sameFunction(script(file), one.token, other.parenthesis);
      expect([index, otherIndex, same]).toEqual([index, otherIndex, index === otherIndex]);
      if (index === otherIndex) continue;
      expect(await library.sameFunction(script(file), one.token, other.token)).toBe(false);
      expect(await library.sameFunction(script(file), one.parenthesis, other.parenthesis)).toBe(
        false,
      );
    }
  }
});

test.each([
  ["async function f(a) {}", 1, 17],
  ["async   function   (a) {}", 1, 20],
  ["function* g(a) {}", 1, 12],
  ["async function* g(a) {}", 1, 18],
  ["x = { async *m(a) {} }", 7, 15],
  ["class A { async #priv(a) {} }", 11, 22],
])("in %s columns %i and %i begin the same function", async (line, token, parenthesis) => {
  const { library, script } = program({ [file]: line });
  const at = (column: number) => ({ line: 1, column });
  expect(await library.sameFunction(script(file), at(token), at(parenthesis))).toBe(true);
  expect(await library.sameFunction(script(file), at(parenthesis), at(token))).toBe(true);
});

test.each([
  ["comments", "/**/"],
  ["comments with stars", "/***/ //\n"],
  ["no-break spaces", "\u00a0"],
])("a header of thirty %s in front of a text is decided at once", async (_, filler) => {
  // Exponential matching would take far longer than the time limit of a test, and still end.
  const line = `function ${filler.repeat(30)}"`;
  const { library, script } = program({ [file]: `${line}x"` });
  const [end] = line.split("\n").slice(-1);
  const place = { line: line.split("\n").length, column: (end ?? "").length + 1 };
  expect(await library.sameFunction(script(file), { line: 1, column: 1 }, place)).toBe(false);
});

test("nested arrow functions on one line are different functions", async () => {
  const { library, script } = program({ [file]: "a=>b=>c=>0" });
  const at = (column: number) => ({ line: 1, column });
  expect(await library.sameFunction(script(file), at(1), at(4))).toBe(false);
  expect(await library.sameFunction(script(file), at(4), at(7))).toBe(false);
});

test("without the text only equal places are the same function", async () => {
  const { library, script } = program({});
  const at = (column: number) => ({ line: 1, column });
  expect(await library.sameFunction(script(file), at(4), at(4))).toBe(true);
  expect(await library.sameFunction(script(file), at(4), at(5))).toBe(false);
});

test("of two callbacks on one minified line each is matched with its own registry", async () => {
  const minified =
    "const a=new FinalizationRegistry(b=>{c(b)}),d=new FinalizationRegistry(e=>{f(e)});a.register(x,1);d.register(y,2);";
  const { library, script } = program({ [file]: minified });
  for (const [mark, created, registered] of [
    ["b=>", "new Fin", "a.register"],
    ["e=>", ",d=new", "d.register"],
  ] as const) {
    const facts = await library.registryOf(script(file), {
      line: 1,
      column: minified.indexOf(mark) + 1,
    });
    expect(facts?.createdAt?.column).toBe(
      minified.indexOf(created) + (created === ",d=new" ? 4 : 1),
    );
    expect(facts?.registeredAt.map(({ position }) => position.column)).toEqual([
      minified.indexOf(registered) + "a.".length + 1,
    ]);
  }
});
