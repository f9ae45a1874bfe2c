import { printableData } from "../../../base/printable.ts";
import type { Report } from "../../../protocol/report.ts";
import { summary } from "./findingText.ts";
import { wrap } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatNamedPlace } from "./place.ts";

/** The answer of the first second, while the snapshot is still to come. */
export function firstLook(untrusted: Report, page: Page): string {
  const { bold } = page.colors;
  const { findings, threads } = printableData(untrusted);
  const [worst] = findings;
  const busy = threads.filter(({ state }) => state !== "idle");
  const text = worst
    ? `${summary(worst)}: ${worst.title}`
    : busy.length === 0
      ? "no thread is blocked."
      : busy.map(({ name, state }) => `thread ${name} is ${state}`).join(", ");
  const lines = wrap(`First look: ${text}`, page.proseWidth, "  ").map((line) => bold(line));
  if (worst?.callback) lines.push(`  → ${bold(formatNamedPlace(worst.callback, page))}`);
  return `${lines.join("\n")}\n\n`;
}
