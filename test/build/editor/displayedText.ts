import type { Locator, Page } from "playwright-core";

/** The text of what is visible, line by line, without empty lines. */
export async function displayedText(locator: Locator): Promise<string> {
  const texts = await locator.filter({ visible: true }).allInnerTexts();
  return texts
    .join("\n")
    .replaceAll("\u00a0", " ")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();
}

/** Waits for the tooltip of what the mouse is on, and gives its text. */
export async function tooltipText(page: Page): Promise<string> {
  const contents = page.locator(".workbench-hover .hover-contents").filter({ visible: true });
  await contents.first().waitFor();
  return displayedText(contents);
}
