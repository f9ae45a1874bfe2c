import type { NodeMajor } from "./nodeVersions.mjs";

/** The Node that code-server asks for. */
export declare const editorNode: NodeMajor;

/** code-server's script, to be started with the Node `nodeBinary(editorNode)`. */
export declare const codeServerScript: string;

/** Installs, once, what the end-to-end tests need: a browser, and code-server in the cache. */
export declare function ensureEditor(say?: (text: string) => void): Promise<void>;

/** The absolute path of the browser. Throws when there is none. */
export declare function chromiumBinary(): Promise<string>;

/** Debian packages to install, when these commands are there and code-server is built or not. */
export declare function missingPackages(
  commands: ReadonlySet<string>,
  isBuilt: boolean,
): readonly string[];

/** The two commands that install Debian packages, for root. */
export declare function aptCommands(packages: readonly string[]): readonly (readonly string[])[];

/** What a person who is not root has to run. */
export declare function sudoLine(packages: readonly string[]): string;

/** Where code-server is, below the cache folder `root`. */
export declare function codeServerPaths(root: string): {
  readonly folder: string;
  readonly script: string;
};
