import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Adds unpacked extensions to a folder of installed ones, and to the list of them that is in it. */
export function addExtensions(folder: string, unpacked: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const list = join(folder, "extensions.json");
  const installed: unknown[] = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  for (const source of unpacked) {
    const { publisher, name, version } = JSON.parse(
      readFileSync(join(source, "package.json"), "utf8"),
    );
    const id = `${publisher}.${name}`;
    const relativeLocation = `${id}-${version}`;
    const path = join(folder, relativeLocation);
    cpSync(source, path, { recursive: true });
    const location = { $mid: 1, path, scheme: "file" };
    installed.push({ identifier: { id }, version, location, relativeLocation });
  }
  writeFileSync(list, JSON.stringify(installed));
}
