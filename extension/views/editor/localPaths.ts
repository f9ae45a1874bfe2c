import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { FolderMapping } from "./watchedTarget.ts";

/** On this machine: as it is named, or through the launch configuration's folders. */
export function localPaths(file: string, folders: FolderMapping | null): readonly string[] {
  const path = file.startsWith("file://") ? pathOfUrl(file) : file;
  if (path === null || !isAbsolute(path)) return [];
  if (folders && isInside(path, folders.remote)) {
    return [folders.local + path.slice(folders.remote.length)];
  }
  return [path];
}

const isInside = (path: string, folder: string): boolean =>
  path.startsWith(folder) && /^[\\/]?$/.test(path.charAt(folder.length));

function pathOfUrl(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
