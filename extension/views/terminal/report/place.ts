import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePosition } from "../../../protocol/sourcePosition.ts";
import type { Page } from "./page.ts";

/** `src/rows.ts:12:3`: what terminals and editors open on a click. Never shortened. */
export function formatPlace(
  position: Pick<SourcePosition, "file" | "line" | "column">,
  page: Pick<Page, "workingFolder">,
): string {
  return `${formatFile(position.file, page.workingFolder)}:${position.line}:${position.column}`;
}

/** `src/rows.ts:12:3 (freeRow)`. */
export function formatNamedPlace(
  position: SourcePosition,
  page: Pick<Page, "workingFolder">,
): string {
  const place = formatPlace(position, page);
  return position.function ? `${place} (${position.function})` : place;
}

function formatFile(file: string, workingFolder: string): string {
  const path = pathOfFileUrl(file);
  if (!isAbsolute(path)) return path;
  const inside = relative(workingFolder, path);
  return inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)
    ? path
    : inside;
}

function pathOfFileUrl(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // Another machine's file URL, for instance one with a host or a Windows drive: shown as it is.
    return file;
  }
}
