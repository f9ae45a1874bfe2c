import { expect, test } from "vitest";
import { createThreadSources } from "../../../extension/pipeline/threadSources.ts";
import type { ScriptCatalogue } from "../../../extension/process/scriptCatalogue.ts";

const url = "/nowhere/on/this/disk.js";
const script = { url, scriptId: null };
const text = `const files = new FinalizationRegistry((id) => close(id));
files.register(file, 1);
`;
const callback = { line: 1, column: 40 };

/** A process that gives its texts, or rejects, as each question in turn is to be answered. */
function sourcesOf(answers: { readonly scripts?: readonly boolean[]; texts: readonly boolean[] }) {
  const scripts = [...(answers.scripts ?? [])];
  const texts = [...answers.texts];
  const silence = () => new Error("no answer");
  return createThreadSources(async (): Promise<ScriptCatalogue> => {
    if (scripts.shift() === false) throw silence();
    return {
      scripts: [{ scriptId: 7, url, sourceMapUrl: null, length: text.length }],
      isComplete: true,
      async source() {
        if (texts.shift() === false) throw silence();
        return text;
      },
    };
  });
}

test("a text that the process gave is not asked for again", async () => {
  const sources = sourcesOf({ texts: [true, false] });
  expect(await sources.libraryOf(0).registryOf(script, callback)).not.toBeNull();
  expect(sources.isMissingTexts).toBe(false);
  sources.askAgain();
  expect(await sources.libraryOf(0).registryOf(script, callback)).not.toBeNull();
  expect(sources.isMissingTexts).toBe(false);
});

test.each([
  ["a text", { texts: [false, true] }],
  ["the list of scripts", { scripts: [false, true], texts: [true] }],
])(
  "%s that the process gave too late is known to be missing, and the next reading asks again",
  async (_, answers) => {
    const sources = sourcesOf(answers);
    expect(await sources.libraryOf(0).registryOf(script, callback)).toBeNull();
    expect(sources.isMissingTexts).toBe(true);
    sources.askAgain();
    expect(sources.isMissingTexts).toBe(false);
    const registry = await sources.libraryOf(0).registryOf(script, callback);
    expect(registry?.registeredAt.map(({ position }) => position.line)).toEqual([2]);
    expect(sources.isMissingTexts).toBe(false);
  },
);

test("a script that V8 has no longer is no answer missing", async () => {
  const sources = createThreadSources(async () => ({
    scripts: [{ scriptId: 7, url, sourceMapUrl: null, length: text.length }],
    isComplete: true,
    source: async () => null,
  }));
  expect(await sources.libraryOf(0).registryOf(script, callback)).toBeNull();
  expect(sources.isMissingTexts).toBe(false);
});

test("a file that only an earlier reading could name is still shown", async () => {
  const sources = sourcesOf({ texts: [true, false, true] });
  const library = sources.libraryOf(0);
  await library.position(script, callback, null);
  await library.position({ url: "/nowhere/other.js", scriptId: 7 }, callback, null);
  expect(sources.isMissingTexts).toBe(true);
  sources.askAgain();
  expect(await sources.text(url)).toBe(text);
  expect(await sources.text("/nowhere/else.js")).toBeNull();
});
