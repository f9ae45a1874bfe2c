import type { ScriptCatalogue } from "../process/scriptCatalogue.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import { createLiveSources } from "./targetSources.ts";

/** The sources of one process: each thread has scripts of its own. */
export interface ThreadSources {
  libraryOf(threadId: number): SourceLibrary;
  /** The text of a file that an earlier position names; null for any other. */
  text(file: string): Promise<string | null>;
  /** Whether some text is missing because a thread gave no answer when it was asked. */
  readonly isMissingTexts: boolean;
  /** A reading begins: what an earlier one could not get is asked for again. */
  askAgain(): void;
  /** The thread may have loaded more scripts since they were listed. */
  renew(threadId: number): void;
}

export function createThreadSources(
  listScripts: (threadId: number) => Promise<ScriptCatalogue>,
): ThreadSources {
  const libraries = new Map<number, SourceLibrary>();
  const incomplete = new Set<SourceLibrary>();
  /** Files that only an earlier reading named are still shown. */
  const replaced = new Map<number, SourceLibrary>();
  const renew = (threadId: number) => {
    const library = libraries.get(threadId);
    if (!library) return;
    libraries.delete(threadId);
    replaced.set(threadId, library);
  };
  return {
    libraryOf(threadId) {
      const known = libraries.get(threadId);
      if (known) return known;
      const library = createLiveSources(
        () => listScripts(threadId),
        () => incomplete.add(library),
      );
      libraries.set(threadId, library);
      return library;
    },
    async text(file) {
      for (const library of [...libraries.values(), ...replaced.values()]) {
        const text = await library.text(file);
        if (text !== null) return text;
      }
      return null;
    },
    get isMissingTexts() {
      return [...libraries.values()].some((library) => incomplete.has(library));
    },
    askAgain() {
      for (const [threadId, library] of libraries) {
        if (incomplete.delete(library)) renew(threadId);
      }
    },
    renew,
  };
}
