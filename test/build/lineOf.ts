import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The 1-based number of the first line of a file of this checkout that matches. Throws when none does. */
export function lineOf(file: string, match: RegExp): number {
  const index = readFileSync(`${root}${file}`, "utf8")
    .split("\n")
    .findIndex((line) => match.test(line));
  if (index < 0) throw new Error(`${file} has no line with ${match}.`);
  return index + 1;
}
