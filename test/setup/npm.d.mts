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

/** Runs npm in a folder; rejects with all that npm said when it fails. */
export declare function runNpmQuietly(
  folder: string,
  npmArguments: readonly string[],
): Promise<void>;
