export interface NpmCommand {
  readonly command: string;
  readonly firstArguments: readonly string[];
  readonly shell: boolean;
}

/** How to start npm here: the very npm that runs us, when one does, else the one on the PATH. */
export declare function npmCommand(
  environment?: Readonly<Record<string, string | undefined>>,
  platform?: NodeJS.Platform,
): NpmCommand;

/** How to start that npm under the Node in `nodeFolder`, which native modules are built for too. */
export declare function npmUnder(
  nodeFolder: string | undefined,
  environment?: Readonly<Record<string, string | undefined>>,
  platform?: NodeJS.Platform,
): NpmCommand & { readonly environment: Readonly<Record<string, string | undefined>> };

/** Runs npm in a folder; rejects with all that npm said when it fails. */
export declare function runNpmQuietly(
  folder: string,
  npmArguments: readonly string[],
  nodeFolder?: string,
): Promise<void>;
