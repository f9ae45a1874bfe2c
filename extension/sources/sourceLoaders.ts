/** A script as V8 names it: a path, a `file://` URL, `node:…` or any other name. */
export interface ScriptReference {
  readonly url: string;
  /** V8's id of the script in a live process; null when it comes from a file. */
  readonly scriptId: number | null;
}

export interface ScriptText {
  readonly text: string;
  /** What V8 says the script's source map is; null or empty when V8 doesn't know. */
  readonly sourceMapUrl: string | null;
}

/** How `sources/` gets at scripts and files. A loader that rejects counts as one that gave null. */
export interface SourceLoaders {
  /** The text that really runs (live: from the process; offline: from disk), null when not to be had. */
  loadScript(script: ScriptReference): Promise<ScriptText | null>;
  /** A file by absolute path or `file://` URL, null when it can't be read. */
  readFile(path: string): Promise<string | null>;
  /** All scripts of the target, for the search across files; may be empty. */
  listScripts(): Promise<readonly ScriptReference[]>;
}

/** A place in the code that runs. Line and column begin at 1. */
export interface GeneratedPlace {
  readonly line: number;
  readonly column: number;
}
