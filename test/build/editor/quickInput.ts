import type { PageElement, PageGlobals } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { findOne, type TextMatch, waitFor } from "./waiting.ts";

export interface QuickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** Undefined where nothing can be ticked. */
  readonly checked: boolean | undefined;
}

export interface QuickInputState {
  readonly title: string;
  readonly placeholder: string;
  readonly value: string;
  /** The line below the box: a prompt, or what is wrong with the value. */
  readonly message: string;
  readonly rows: readonly QuickRow[];
}

/** The box at the top in which commands, files, entries and texts are asked for. */
export interface QuickInput {
  /** Runs a command by its full title, `Category: Title`, from the palette. */
  runCommand(title: string): Promise<void>;
  /** The commands that the palette shows for a text. */
  searchCommands(text: string): Promise<readonly string[]>;
  /** Waits until it is open, with this placeholder or title when one is given. */
  waitUntilOpen(placeholderOrTitle?: TextMatch): Promise<QuickInputState>;
  state(): Promise<QuickInputState | undefined>;
  /** Replaces the text in the box. */
  type(text: string): Promise<void>;
  /** Clicks the row with this label, or ticks it where several may be picked. */
  choose(label: TextMatch): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
  waitUntilClosed(): Promise<void>;
}

const commandAttempts = 4;
const noCommands = "No matching commands";

export function quickInputOf({ page, step }: Screen): QuickInput {
  const widget = page.locator(".quick-input-widget");
  const box = widget.locator("input.input");
  const rowLocator = widget.locator(".quick-input-list .monaco-list-row");

  const state = () => page.evaluate(readQuickInput);
  const rows = async () => (await state())?.rows ?? [];

  async function clickRow(label: TextMatch): Promise<void> {
    const index = await waitFor(
      `a row ${label} in the quick pick`,
      async () => {
        const current = await rows();
        const found = findOne(current, (row) => row.label, label);
        return found && current.indexOf(found);
      },
      { seen: state },
    );
    await rowLocator.nth(index).click();
  }

  async function openPalette(text: string): Promise<void> {
    await page.keyboard.press("F1");
    await box.waitFor({ state: "visible", timeout: 3_000 });
    await box.fill(`>${text}`);
  }

  async function runCommand(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await openPalette(title);
        const isThere = async () => (await rows()).some((row) => row.label === title) || undefined;
        await waitFor(`the command ${title}`, isThere, { withinMs: 2_500, seen: state });
        await clickRow(title);
        return;
      } catch (error) {
        // A session that starts at this moment takes the focus away, which closes the palette.
        if (attempt === commandAttempts) throw error;
        await page.keyboard.press("Escape");
      }
    }
  }

  return {
    runCommand: (title) => step(`run ${title}`, () => runCommand(title)),
    searchCommands: async (text) => {
      const found = await step(`search commands ${text}`, async () => {
        await openPalette(text);
        return waitFor("an answer of the palette", async () => {
          const labels = (await rows()).map((row) => row.label);
          return labels.length > 0 ? labels.filter((label) => label !== noCommands) : undefined;
        });
      });
      await page.keyboard.press("Escape");
      return found;
    },
    waitUntilOpen: (placeholderOrTitle) =>
      step("quick input opens", () =>
        waitFor(
          `a quick input ${placeholderOrTitle ?? ""}`,
          async () => {
            const current = await state();
            if (!current || placeholderOrTitle === undefined) return current;
            const names = [current.placeholder, current.title, current.message];
            const isMeant = names.some((name) =>
              typeof placeholderOrTitle === "string"
                ? name === placeholderOrTitle
                : placeholderOrTitle.test(name),
            );
            return isMeant ? current : undefined;
          },
          { seen: state },
        ),
      ),
    state,
    type: (text) => step(`type ${text}`, () => box.fill(text)),
    choose: (label) => step(`choose ${label}`, () => clickRow(label)),
    accept: () => step("press Enter", () => page.keyboard.press("Enter")),
    cancel: () => step("press Escape", () => page.keyboard.press("Escape")),
    waitUntilClosed: () => widget.waitFor({ state: "hidden" }),
  };
}

/** Runs in the page. Rows are used again for other entries, with what they had hidden. */
function readQuickInput(): QuickInputState | undefined {
  const { document } = globalThis as unknown as PageGlobals;
  const textOf = (element: PageElement | null) =>
    element?.offsetParent ? (element.textContent ?? "").replaceAll("\u00a0", " ").trim() : "";
  const widget = document.querySelector(".quick-input-widget");
  if (!widget?.offsetParent) return undefined;
  const input = widget.querySelector("input.input");
  const rows = [...widget.querySelectorAll(".quick-input-list .monaco-list-row")];
  return {
    title: textOf(widget.querySelector(".quick-input-title")),
    placeholder: input?.placeholder ?? "",
    value: input?.value ?? "",
    message: textOf(widget.querySelector(".quick-input-message")),
    rows: rows.map((row) => ({
      label: textOf(row.querySelector(".quick-input-list-row .label-name")),
      description: textOf(row.querySelector(".quick-input-list-row .label-description")),
      detail: textOf(row.querySelector(".quick-input-list-label-meta .label-name")),
      checked:
        row.getAttribute("role") === "checkbox"
          ? row.getAttribute("aria-checked") === "true"
          : undefined,
    })),
  };
}
