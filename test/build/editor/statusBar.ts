import { tooltipText } from "./displayedText.ts";
import type { PageElement } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { matches, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface StatusBarItem {
  readonly text: string;
  /** What a screen reader says: icons by their names, and the tooltip. */
  readonly spoken: string;
  readonly kind: "standard" | "warning" | "error";
}

/** The line at the bottom. An item is found by its text. */
export interface StatusBar {
  items(): Promise<readonly StatusBarItem[]>;
  waitFor(match: TextMatch, withinMs?: number): Promise<StatusBarItem>;
  click(match: TextMatch): Promise<void>;
  /** Its tooltip. */
  hover(match: TextMatch): Promise<string>;
}

export function statusBarOf({ page, step }: Screen): StatusBar {
  const locator = page.locator(".part.statusbar .statusbar-item:visible");
  const items = () => locator.evaluateAll(readItems);

  const find = (match: TextMatch, withinMs = patienceMs) =>
    waitFor(
      `${match} in the status bar`,
      async () => {
        const all = await items();
        const index = all.findIndex(({ text }) => matches(text, match));
        const item = all[index];
        return item && { item, locator: locator.nth(index) };
      },
      { withinMs, seen: items },
    );

  return {
    items,
    waitFor: (match, withinMs) =>
      step(`status bar shows ${match}`, async () => (await find(match, withinMs)).item),
    click: (match) =>
      step(`click ${match} in the status bar`, async () => (await find(match)).locator.click()),
    hover: (match) =>
      step(`hover ${match} in the status bar`, () =>
        tooltipText(page, async () => (await find(match)).locator.hover()),
      ),
  };
}

/** Runs in the page. */
function readItems(elements: readonly PageElement[]): readonly StatusBarItem[] {
  return elements.map((element) => ({
    text: (element.textContent ?? "").replaceAll("\u00a0", " ").trim(),
    spoken: element.getAttribute("aria-label") ?? "",
    kind: element.classList.contains("error-kind")
      ? "error"
      : element.classList.contains("warning-kind")
        ? "warning"
        : "standard",
  }));
}
