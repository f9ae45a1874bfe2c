import type { Screen } from "./steps.ts";
import { patienceMs, waitFor } from "./waiting.ts";

export interface Badge {
  readonly text: string;
  /** What a screen reader says of it, the tooltip that the extension gave included. */
  readonly spoken: string;
}

/** The side bar and the icons beside it. A part is named as its icon is: `Run and Debug`. */
export interface SideBar {
  open(part?: string): Promise<void>;
  close(): Promise<void>;
  /** The number on a part's icon. */
  badge(part?: string): Promise<Badge | undefined>;
  waitForBadge(text: string | undefined, withinMs?: number): Promise<void>;
  /** The titles of the views in it, in their order. */
  views(): Promise<readonly string[]>;
}

const debugPart = "Run and Debug";

export function sideBarOf({ page, step }: Screen): SideBar {
  const icon = (part: string) =>
    page.locator(".activitybar .action-item").filter({
      has: page.locator(`.action-label[aria-label^=${JSON.stringify(part)}]`),
    });
  const sideBar = page.locator(".part.sidebar");

  async function badge(part = debugPart): Promise<Badge | undefined> {
    const content = icon(part).locator(".badge:visible .badge-content");
    if ((await content.count()) === 0) return undefined;
    const label = await icon(part).locator(".action-label").getAttribute("aria-label");
    return { text: (await content.textContent()) ?? "", spoken: label ?? "" };
  }

  return {
    open: (part = debugPart) =>
      step(`open the side bar ${part}`, async () => {
        await waitFor(`the side bar ${part}`, async () => {
          if ((await icon(part).getAttribute("aria-expanded")) === "true") return true;
          // A click on the icon of what has been opened meanwhile closes it: hence the look afterwards.
          await icon(part).click();
          return undefined;
        });
        await sideBar.waitFor();
      }),
    close: () =>
      step("close the side bar", async () => {
        if (await sideBar.isVisible()) await page.keyboard.press("Control+B");
        await sideBar.waitFor({ state: "hidden" });
      }),
    badge,
    waitForBadge: (text, withinMs = patienceMs) =>
      step(`badge ${text ?? "gone"}`, async () => {
        const isSo = async () => ((await badge())?.text === text ? true : undefined);
        await waitFor(`the badge ${text}`, isSo, { withinMs, seen: badge });
      }),
    views: async () => {
      const titles = await sideBar.locator(".pane-header h3.title").allInnerTexts();
      return titles.map((title) => title.trim());
    },
  };
}
