import {
  createSourceLibrary,
  type SourceLibrary,
} from "../../../extension/sources/sourceLibrary.ts";
import type {
  GeneratedPlace,
  ScriptReference,
  SourceLoaders,
} from "../../../extension/sources/sourceLoaders.ts";

/** Files by path. In JavaScript text `/*name*\/` marks a place; `place` gives what stands behind it. */
export type Files = Readonly<Record<string, string>>;

export interface Program {
  readonly library: SourceLibrary;
  readonly loaded: readonly string[];
  script(path: string): ScriptReference;
  /** The place in a file behind the first occurrence of `mark`, or at it when `at` is "start". */
  place(path: string, mark: string, at?: "start" | "end"): GeneratedPlace;
  /** Shown as `file:line:column function`. */
  sites(path: string, mark: string): Promise<readonly string[]>;
}

export function program(files: Files, change: Partial<SourceLoaders> = {}): Program {
  const loaded: string[] = [];
  const library = createSourceLibrary({
    loadScript: async ({ url }) => {
      loaded.push(url);
      const text = files[url];
      return text === undefined ? null : { text, sourceMapUrl: null };
    },
    readFile: async (path) => files[path] ?? null,
    listScripts: async () =>
      Object.keys(files)
        .filter((path) => /\.[mc]?[jt]sx?$/.test(path))
        .map((url) => ({ url, scriptId: null })),
    ...change,
  });
  const place = (path: string, mark: string, at: "start" | "end" = "end") =>
    placeOf(files[path] ?? "", mark, at);
  return {
    library,
    loaded,
    script: (url) => ({ url, scriptId: null }),
    place,
    async sites(path, mark) {
      const facts = await library.registryOf({ url: path, scriptId: null }, place(path, mark));
      return (facts?.registeredAt ?? []).map(({ position }) => {
        return `${position.file}:${position.line}:${position.column} ${position.function}`;
      });
    },
  };
}

export function placeOf(text: string, mark: string, at: "start" | "end" = "end"): GeneratedPlace {
  const found = text.indexOf(mark);
  if (found < 0) throw new Error(`There is no ${mark} in the text.`);
  const before = text.slice(0, at === "start" ? found : found + mark.length).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
