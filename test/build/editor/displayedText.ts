import type { Locator, Page } from "playwright-core";
import { waitFor } from "./waiting.ts";

/** The text of what is visible, line by line, without empty lines. */
export async function displayedText(locator: Locator): Promise<string> {
  const texts = await locator.filter({ visible: true }).allInnerTexts();
  return texts
    .join("\n")
    .replaceAll("\u00a0", " ")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();
}

/** The text of the tooltip that hovering shows; what is drawn anew just then, because an age ticks, shows none. */
export async function tooltipText(page: Page, hover: () => Promise<void>): Promise<string> {
  const contents = page.locator(".workbench-hover .hover-contents").filter({ visible: true });
  return waitFor("a tooltip", async () => {
    await page.mouse.move(0, 0);
    await hover();
    const isShown = await contents
      .first()
      .waitFor({ timeout: tooltipMs })
      .then(
        () => true,
        () => false,
      );
    return isShown ? displayedText(contents) : undefined;
  });
}

const tooltipMs = 5_000;
