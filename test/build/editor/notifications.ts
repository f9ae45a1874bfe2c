import type { PageElement } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { matches, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface Notification {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  readonly buttons: readonly string[];
  /** While it shows a progress whose end is known, 0 to 100. */
  readonly percent: number | undefined;
}

/** The messages at the bottom right. Those without a button are hidden after some seconds. */
export interface Notifications {
  list(): Promise<readonly Notification[]>;
  waitFor(match: TextMatch, withinMs?: number): Promise<Notification>;
  waitUntilGone(match: TextMatch, withinMs?: number): Promise<void>;
  /** Clicks a button of the message with this text; `Cancel` is one too. */
  click(match: RegExp, button: string): Promise<void>;
  /** All progress that a message shows until it is gone: texts and percents, without repetitions. */
  follow(match: RegExp, withinMs?: number): Promise<readonly Notification[]>;
  /** Removes all messages. */
  clear(): Promise<void>;
}

export function notificationsOf({ page, step }: Screen): Notifications {
  const items = page.locator(
    ".notifications-toasts .notification-list-item, .notifications-center .notification-list-item",
  );
  const list = () => items.evaluateAll(readNotifications);
  const find = async (match: TextMatch) => (await list()).find(({ text }) => matches(text, match));
  const isGone = async (match: TextMatch) => ((await find(match)) ? undefined : true);

  return {
    list,
    waitFor: (match, withinMs = patienceMs) =>
      step(`message ${match}`, () =>
        waitFor(`a message ${match}`, () => find(match), { withinMs, seen: list }),
      ),
    waitUntilGone: (match, withinMs = patienceMs) =>
      step(`message ${match} is gone`, async () => {
        await waitFor(`no message ${match}`, () => isGone(match), { withinMs, seen: list });
      }),
    click: (match, button) =>
      step(`click ${button} on ${match}`, async () => {
        const isThere = async () =>
          (await list()).some(({ text, buttons }) => match.test(text) && buttons.includes(button));
        await waitFor(
          `a button ${button} on a message ${match}`,
          async () => (await isThere()) || undefined,
          { seen: list },
        );
        // By its text: with each new message the others move.
        const text = page.locator(".notification-list-item-message", { hasText: match });
        const item = items.filter({ has: text }).first();
        await item.getByRole("button", { name: button, exact: true }).click();
      }),
    follow: (match, withinMs = 60_000) =>
      step(`follow ${match}`, async () => {
        const seen: Notification[] = [];
        await waitFor(`a message ${match}`, () => find(match), { seen: list });
        await waitFor(
          `the end of ${match}`,
          async () => {
            const current = await find(match);
            if (!current) return true;
            const last = seen.at(-1);
            if (current.text !== last?.text || current.percent !== last?.percent) {
              seen.push(current);
            }
            return undefined;
          },
          { withinMs, seen: list },
        );
        return seen;
      }),
    clear: () =>
      step("clear the messages", async () => {
        await waitFor(
          "no messages",
          async () => {
            if ((await items.count()) === 0) return true;
            const first = items.first();
            // One without a button hides itself, perhaps at this moment.
            await first.hover({ timeout: 1000 }).catch(() => {});
            await first
              .locator(".codicon-notifications-clear")
              .click({ timeout: 1000 })
              .catch(() => {});
            return undefined;
          },
          { withinMs: patienceMs, seen: list },
        );
      }),
  };
}

/** Runs in the page. */
function readNotifications(elements: readonly PageElement[]): readonly Notification[] {
  return elements.map((element) => {
    const icon = element.querySelector(".notification-list-item-icon")?.className ?? "";
    // It is beside the item, in the same row.
    const bar = element
      .closest(".monaco-list-row")
      ?.querySelector(".monaco-progress-container.discrete");
    const percent = bar?.getAttribute("aria-valuenow");
    const text = element.querySelector(".notification-list-item-message")?.textContent ?? "";
    return {
      severity: icon.includes("error") ? "error" : icon.includes("warning") ? "warning" : "info",
      text: text.replaceAll("\u00a0", " ").trim(),
      buttons: [
        ...element.querySelectorAll(".notification-list-item-buttons-container .monaco-button"),
      ].map((button) => button.textContent ?? ""),
      percent: percent ? Number(percent) : undefined,
    };
  });
}
