import { describe, expect, test } from "vitest";
import { program } from "./program.ts";

const file = "/srv/a.js";
const ask = async (text: string, mark = "/*f*/", others: Record<string, string> = {}) => {
  const { library, script, place } = program({ [file]: text, ...others });
  return library.cleanupCallbackAt(script(file), place(file, mark), null);
};

describe("a function that may have become a callback unseen is not called none: it", () => {
  const known = "new FinalizationRegistry(() => {});";
  test.each([
    [
      "is reflected",
      "const r = Reflect.construct(FinalizationRegistry, [/*f*/() => {}])",
      "likely",
    ],
    [
      "is given to a namesake",
      'import { SafeFinalizationRegistry as S, SafeFinalizationRegistry } from "p"; new SafeFinalizationRegistry(/*f*/() => {})',
      "likely",
    ],
    [
      "is given to a primordial",
      "const { SafeFinalizationRegistry } = primordials; new SafeFinalizationRegistry(/*f*/() => {})",
      "likely",
    ],
    [
      "is given to a class with a computed name",
      `${known} const R = globalThis["Finalization" + "Registry"]; new R(/*f*/() => {})`,
      "open",
    ],
    [
      "is given to a class that is looked up",
      `${known} const f = /*f*/() => {}; new (lookup())(f)`,
      "open",
    ],
    [
      "is given to a parameter",
      `${known} export function make(R) { return new R(/*f*/() => {}) }`,
      "open",
    ],
    [
      "is given to a package's class",
      `${known} import { R } from "p"; const f = /*f*/() => {}; new R([f])`,
      "open",
    ],
    [
      "is given to a class derived from a package's",
      `${known} import { R } from "p"; class S extends R {} new S(/*f*/() => {})`,
      "open",
    ],
    [
      "is one of a loop's",
      "const all = [/*f*/() => {}]; for (const f of all) new FinalizationRegistry(f)",
      "open",
    ],
    [
      "is assigned by a loop",
      "let f; const all = [/*f*/() => {}]; for (f of all) new FinalizationRegistry(f)",
      "open",
    ],
    [
      "has a namesake with an unknown callback",
      "export const f = /*f*/() => {}; new SafeFinalizationRegistry(pick())",
      "open",
    ],
    [
      "overrides the method",
      "class A { r = new FinalizationRegistry(this.m); m() {} } class B extends A { /*f*/m() {} } new B()",
      "certain",
    ],
    [
      "is a block's, which sloppy code shares",
      "{ /*f*/function f() {} } new FinalizationRegistry(f)",
      "open",
    ],
  ])("%s", async (_, text, proof) => {
    expect(await ask(text)).toMatchObject({ proof });
  });

  test("is given to a namesake, which the reason tells", async () => {
    expect((await ask("new SafeFinalizationRegistry(/*f*/() => {})")).reason).toBe(
      "The function is passed to what is very likely a registry, made at /srv/a.js:1:1.",
    );
  });

  test("is given by a third script to a package's class", async () => {
    const answer = await ask("export /*f*/function f() {}", "/*f*/", {
      "/srv/node_modules/p/index.js": "export class Tracked extends FinalizationRegistry {}",
      "/srv/user.js":
        'import { Tracked } from "p"; import { f } from "./a.js"; new Tracked(f).register({});',
    });
    expect(answer).toEqual({
      proof: "open",
      reason:
        "The function is passed to the object made at /srv/user.js:1:58, and whether that is a FinalizationRegistry can't be told from the source.",
      alsoUsedElsewhere: false,
      afterFirstAwait: false,
    });
  });
});

test.each([
  "new Promise(/*f*/() => {})",
  "const f = /*f*/() => {}; new Promise(f)",
  "new PerformanceObserver(/*f*/() => {})",
  'import { PerformanceObserver as P } from "node:perf_hooks"; new P(/*f*/() => {})',
  'import * as events from "events"; new events.EventEmitter(/*f*/() => {})',
  'const { Worker } = require("worker_threads"); new Worker(/*f*/() => {})',
  'const hooks = __toESM(require("node:async_hooks")); new hooks.AsyncResource(/*f*/() => {})',
  "class Job { constructor(run) { run() } } new Job(/*f*/() => {})",
  "class Job extends EventTarget {} new Job(/*f*/() => {})",
  "new Promise((resolve) => setTimeout(resolve)).then(/*f*/() => {})",
  "async /*f*/function f() { await 1 } f()",
  "export const f = /*f*/() => {}; new (lookup())(1)",
])("of a known class %# is no registry: %s", async (text) => {
  expect(await ask(`new FinalizationRegistry(() => {});\n${text}`)).toMatchObject({
    proof: "none",
  });
});

test.each([
  ["with", "with (a) { b }"],
  ["octal numbers", "x = 010;"],
  ["await as a name", "var await = 1; await = 2;"],
  ["yield as a name", "yield = 1; function* g() { yield\n/x/ }"],
  ["HTML comments", "<!-- x\nwith (a) b"],
])("sloppy code with %s is read in full", async (_, sloppy) => {
  const other = "new FinalizationRegistry(() => {});";
  expect(await ask(`${sloppy}\n${other} const f = /*f*/() => {};`)).toMatchObject({
    proof: "none",
  });
});

test("code that can't be parsed leaves the question open and says so", async () => {
  expect(await ask("new FinalizationRegistry(x);\n/*f*/function f() { foo(; }")).toMatchObject({
    proof: "open",
    reason: "The source of the function in /srv/a.js could not be parsed.",
  });
});
