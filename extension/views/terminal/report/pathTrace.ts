import type { PathStep } from "../../../protocol/finding.ts";
import { shortenEnd } from "./layout.ts";
import type { Page } from "./page.ts";
import { formatPlace } from "./place.ts";

/** More steps than that are a list or a chain of promises; its middle says nothing new. */
const mostSteps = 40;
const stepsAtEachEnd = 15;
/** A property's name can be a whole document: names come from the heap. */
const longestName = 100;

/**
 * The retaining path from the root down to the target, drawn as LeakCanary draws its leak traces:
 * each holder stands on its own line, with the edge below it that leads to the next.
 */
export function pathTrace(path: readonly PathStep[], page: Page): readonly string[] {
  const [first] = path;
  if (!first) return [];
  const { bold, cyan } = page.colors;
  const name = (text: string) =>
    shortenEnd(text, Math.min(longestName, Math.max(20, page.rowWidth - 16)));
  const folded = !page.all && path.length > mostSteps;
  const lines = [`╭─ ${bold(name(first.from))}`];
  path.forEach((step, index) => {
    if (folded && index >= stepsAtEachEnd && index < path.length - stepsAtEachEnd) {
      if (index === stepsAtEachEnd) {
        const left = path.length - 2 * stepsAtEachEnd;
        lines.push("│", `┆  ${left} more steps (--all shows them)`, "│");
      }
      return;
    }
    const place = step.position ? `  ${formatPlace(step.position, page)}` : "";
    lines.push(`│    ↓ ${cyan(name(step.edge))}${place}`);
    const last = index === path.length - 1;
    lines.push(`${last ? "╰→" : "├─"} ${bold(name(step.to))}`);
  });
  return lines;
}
