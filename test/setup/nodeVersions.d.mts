/** A major version of Node that Leakline runs on and inspects. */
export type NodeMajor = 20 | 22 | 24 | 26;

export declare const nodeVersions: readonly NodeMajor[];

/** The Node inside of the oldest VS Code that package.json declares. */
export declare const oldestEditorNode: "20.18";

/** `$LEAKLINE_CACHE`, else `leakline` in the user's cache folder. */
export declare const cacheRoot: string;

export declare function cacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string;

/** The npm package that holds Node for a system, and the binary's place in it. */
export declare function nodePackage(
  platform: NodeJS.Platform,
  architecture: string,
): { readonly name: string; readonly binary: string };

/** The absolute path of that version's binary. Throws when it was never installed. */
export declare function nodeBinary(major: NodeMajor | typeof oldestEditorNode): string;

/** The folder of an installed version, as Node's own archives have it: `bin`, `include`. */
export declare function nodePrefix(major: NodeMajor): string;

/** Installs into the cache every version that is missing there or doesn't start. */
export declare function ensureNodeVersions(say?: (text: string) => void): Promise<void>;

/** Installs one of `nodeVersions`. */
export declare function ensureNodeVersion(
  major: NodeMajor,
  say?: (text: string) => void,
): Promise<void>;

/**
 * Installs a package into the cache, once, and resolves to the folder whose `node_modules` holds
 * it. `version` may leave out the last numbers: `5.9`.
 */
export declare function ensurePackage(
  name: string,
  version: string,
  say?: (text: string) => void,
): Promise<string>;

/** Installs `specification` in `folder`, unless `isComplete` says that it stands there already. */
export declare function ensureInstalled(installation: {
  readonly folder: string;
  readonly specification: string;
  readonly title: string;
  say(text: string): void;
  /** The folder of the Node for which it is built; without one, no script of a package runs. */
  readonly buildUnder?: string;
  /** Rejecting means no. */
  isComplete(folder: string): Promise<boolean>;
}): Promise<void>;
