import type { Problem } from "../../../protocol/report.ts";
import { indent, wrap } from "./layout.ts";
import type { Page } from "./page.ts";

const margin = "  ";

/** What could not be read, and what to do about it. */
export function problemText({ code, message, hint }: Problem, page: Page): readonly string[] {
  const { bold, yellow, dim } = page.colors;
  const [first = "", ...rest] = wrap(`! ${message}`, page.proseWidth, margin);
  return [
    bold(yellow(first)),
    ...rest.map((line) => bold(line)),
    ...indent(wrap(hint, page.proseWidth - margin.length), margin),
    `${margin}${dim(`problem ${code}`)}`,
  ];
}
