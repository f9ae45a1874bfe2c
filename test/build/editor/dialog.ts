import type { PageElement } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { findOne, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface DialogState {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** A window in front of everything that has to be answered. */
export interface Dialog {
  state(): Promise<DialogState | undefined>;
  waitUntilOpen(withinMs?: number): Promise<DialogState>;
  click(button: TextMatch): Promise<void>;
}

export function dialogOf({ page, step }: Screen): Dialog {
  const box = page.locator(".monaco-dialog-box");
  const state = async () => (await box.evaluateAll(readDialogs)).at(-1);

  return {
    state,
    waitUntilOpen: (withinMs = patienceMs) =>
      step("dialog opens", () => waitFor("a dialog", state, { withinMs })),
    click: (button) =>
      step(`click ${button} in the dialog`, async () => {
        const index = await waitFor(
          `one button ${button} in a dialog`,
          async () => {
            const buttons = (await state())?.buttons ?? [];
            const found = findOne(buttons, (text) => text, button);
            return found === undefined ? undefined : buttons.indexOf(found);
          },
          { seen: state },
        );
        await box.last().locator(".dialog-buttons .monaco-button").nth(index).click();
      }),
  };
}

/** Runs in the page. */
function readDialogs(boxes: readonly PageElement[]): readonly DialogState[] {
  const textOf = (element: PageElement | null) => (element?.textContent ?? "").trim();
  return boxes.map((box) => ({
    message: textOf(box.querySelector(".dialog-message-text")),
    detail: textOf(box.querySelector(".dialog-message-detail")),
    buttons: [...box.querySelectorAll(".dialog-buttons .monaco-button")].map(textOf),
  }));
}
