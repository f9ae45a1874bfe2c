import type { Page } from "playwright-core";

/** Waits for the tooltip of what the mouse is on, and gives its text as it is displayed. */
export async function tooltipText(page: Page): Promise<string> {
  const contents = page.locator(".workbench-hover .hover-contents").filter({ visible: true });
  await contents.first().waitFor();
  return (await contents.allInnerTexts()).join("\n").replaceAll("\u00a0", " ").trim();
}
