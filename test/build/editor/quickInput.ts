import type { PageElement, PageGlobals } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { findOne, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface QuickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** Undefined where nothing can be ticked. */
  readonly checked: boolean | undefined;
  /** Parts of it are emphasized because they are what the box says. */
  readonly isMatch: boolean;
  /** The heading that begins with this row, such as `similar commands`. */
  readonly heading: string;
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
  choose(label: TextMatch, withinMs?: number): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
  waitUntilClosed(): Promise<void>;
}

const paletteOpensWithinMs = 5_000;
const commandAppearsWithinMs = 5_000;
const noCommands = "No matching commands";

export function quickInputOf({ page, step }: Screen): QuickInput {
  const widget = page.locator(".quick-input-widget");
  const box = widget.locator("input.input");
  const rowLocator = widget.locator(".quick-input-list .monaco-list-row");

  const state = () => page.evaluate(readQuickInput);
  const rows = async () => (await state())?.rows ?? [];

  async function clickRow(label: TextMatch, withinMs = patienceMs): Promise<void> {
    const index = await waitFor(
      `one row ${label} in the quick pick`,
      async () => {
        const current = await rows();
        const found = findOne(current, (row) => row.label, label);
        return found && current.indexOf(found);
      },
      { withinMs, seen: state },
    );
    await rowLocator.nth(index).click({ timeout: withinMs });
  }

  /**
   * Types into the palette and goes on with `work`. When that fails it all begins anew: a session that starts at this
   * moment takes the focus away, which closes the palette, and right after its start the editor hears no key.
   */
  async function withPalette<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        await page.keyboard.press("F1");
        await box.waitFor({ state: "visible", timeout: paletteOpensWithinMs });
        await box.fill(`>${text}`, { timeout: paletteOpensWithinMs });
        return await work();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await page.keyboard.press("Escape");
      }
    }
  }

  /** What the palette has found for a text; undefined while it still shows what it showed before. */
  async function found(text: string): Promise<readonly string[] | undefined> {
    const current = await state();
    const [first] = current?.rows ?? [];
    if (!first || current?.value !== `>${text}`) return undefined;
    if (first.label === noCommands) return [];
    const isAnswer = first.isMatch || first.heading === "similar commands";
    return isAnswer ? current.rows.map(({ label }) => label) : undefined;
  }

  return {
    runCommand: (title) =>
      step(`run ${title}`, () => withPalette(title, () => clickRow(title, commandAppearsWithinMs))),
    searchCommands: async (text) => {
      const commands = await step(`search commands ${text}`, () =>
        withPalette(text, () =>
          waitFor("an answer of the palette", () => found(text), {
            withinMs: commandAppearsWithinMs,
            seen: state,
          }),
        ),
      );
      await page.keyboard.press("Escape");
      return commands;
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
    choose: (label, withinMs) => step(`choose ${label}`, () => clickRow(label, withinMs)),
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
      isMatch: row.querySelector(".highlight") !== null,
      heading: textOf(row.querySelector(".quick-input-list-separator")),
    })),
  };
}
