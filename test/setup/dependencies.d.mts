/** The `packages` of a `package-lock.json`, by their path. */
export type LockedPackages = Readonly<
  Record<
    string,
    { readonly version?: string; readonly integrity?: string; readonly optional?: boolean }
  >
>;

/** Installs the development dependencies, unless exactly those of the lock file are there. */
export declare function ensureDependencies(
  root: string,
  say: (text: string) => void,
): Promise<void>;

/** Whether npm's own record of an installation agrees with the lock file. */
export declare function matchesLock(lock: LockedPackages, installed: LockedPackages): boolean;
