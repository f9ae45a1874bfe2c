import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProc, processKey } from "./procFiles.ts";

/**
 * A folder for what the Leaklines of one user tell each other. Null when there is none that nobody else
 * can write into: then each goes its own way, as if it were alone.
 */
export function privateFolder(): string | null {
  const userId = process.getuid?.();
  // Not from the environment: an editor and a terminal must mean the same folder.
  const parents = userId === undefined ? [tmpdir()] : [`/run/user/${userId}`, tmpdir()];
  for (const parent of parents) {
    const folder = join(parent, userId === undefined ? "leakline" : `leakline-${userId}`);
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch {
      // It is there already, or its parent isn't: seen below.
    }
    if (isPrivate(folder, userId)) return folder;
  }
  return null;
}

/** Whether it is this user's folder, and others can neither read nor write there. */
export function isPrivate(folder: string, userId: number | undefined): boolean {
  try {
    const stats = lstatSync(folder);
    if (!stats.isDirectory()) return false;
    return userId === undefined || (stats.uid === userId && (stats.mode & 0o077) === 0);
  } catch {
    return false;
  }
}

export const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

export const readOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

/** Makes a file that must not exist. */
export function createFile(path: string, text: string): "made" | "exists" | "impossible" {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return "made";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EEXIST"
      ? "exists"
      : "impossible";
  }
}

export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster.
  }
}

/** How a process names itself to the others: the system gives a pid again, but not at the same time. */
export const ownKey = (): string => processKey(process.pid) ?? `${process.pid}-0`;

/** Whether the process of such a name still runs, also after `kill -9`. */
export function isRunning(key: string): boolean {
  const pid = Number(key.split("-")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (hasProc()) return processKey(pid) === key;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
