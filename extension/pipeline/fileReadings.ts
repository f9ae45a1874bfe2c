import type { HeapEvidence } from "../findings/evidence.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";

/** What a snapshot file was found to hold. The heap itself, which is large, is not kept. */
export interface FileReading {
  readonly heap: HeapEvidence;
  readonly snapshotBytes: number;
  readonly heapBytes: number;
  /** Which files its positions name, and their texts. */
  readonly library: SourceLibrary;
}

/** What tells one content of a file from another. */
export interface FileVersion {
  readonly size: number;
  readonly modifiedMs: number;
}

/** The newest readings of snapshot files, so that an unchanged file is read once. */
export interface FileReadings {
  find(path: string, version: FileVersion): FileReading | null;
  keep(path: string, version: FileVersion, reading: FileReading): void;
}

/** The one that was not asked for the longest time makes room for a new one. */
export function createFileReadings(limit = 8): FileReadings {
  const known = new Map<string, { readonly version: FileVersion; readonly reading: FileReading }>();
  return {
    find(path, { size, modifiedMs }) {
      const entry = known.get(path);
      if (!entry) return null;
      known.delete(path);
      if (entry.version.size !== size || entry.version.modifiedMs !== modifiedMs) return null;
      known.set(path, entry);
      return entry.reading;
    },
    keep(path, version, reading) {
      known.delete(path);
      known.set(path, { version, reading });
      const [oldest] = known.keys();
      if (known.size > limit && oldest !== undefined) known.delete(oldest);
    },
  };
}
