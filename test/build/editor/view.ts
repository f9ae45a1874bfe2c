import type { Locator } from "playwright-core";
import { displayedText, tooltipText } from "./displayedText.ts";
import type { PageElement } from "./pageElement.ts";
import type { Screen } from "./steps.ts";
import { matches, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface TreeRow {
  readonly text: string;
  readonly description: string;
  /** 1 is the outermost. */
  readonly level: number;
  /** Undefined for a leaf. */
  readonly expanded: boolean | undefined;
  /** The theme icon's name, such as `warning`; empty for another icon or none. */
  readonly icon: string;
  readonly selected: boolean;
  /** The labels of the buttons that hovering it shows, without the keys. */
  readonly actions: readonly string[];
  /** What a screen reader says. */
  readonly spoken: string;
}

/** A view in the side bar, by its title. A row is found by its text, or by a RegExp on `text description`. */
export interface View {
  /** Expands it, and collapses the other views so that its rows have room. */
  open(): Promise<void>;
  /** All rows, also those that have to be scrolled to. */
  rows(): Promise<readonly TreeRow[]>;
  /** Waits until the rows are so, and gives them. */
  waitForRows(
    what: string,
    isSo: (rows: readonly TreeRow[]) => boolean,
    withinMs?: number,
  ): Promise<readonly TreeRow[]>;
  waitForRow(match: TextMatch, withinMs?: number): Promise<TreeRow>;
  expand(match: TextMatch): Promise<void>;
  collapse(match: TextMatch): Promise<void>;
  click(match: TextMatch): Promise<void>;
  /** Clicks a button that appears on hovering the row, by its label. */
  clickAction(match: TextMatch, label: string): Promise<void>;
  /** Opens the row's context menu and gives its entries; `chooseInMenu` clicks one of them. */
  contextMenu(match: TextMatch): Promise<readonly string[]>;
  chooseInMenu(label: string): Promise<void>;
  /** The text of the row's tooltip. */
  hover(match: TextMatch): Promise<string>;
  /** The labels of the buttons in its header, without the keys. */
  titleActions(): Promise<readonly string[]>;
  clickTitleAction(label: string): Promise<void>;
  /** The message above the rows; empty when there is none. */
  message(): Promise<string>;
  /** The text that stands there instead of rows; empty when there are rows. */
  welcome(): Promise<string>;
  clickWelcomeButton(label: string): Promise<void>;
}

export function viewOf({ page, step }: Screen, title: string): View {
  // Its label for screen readers has the view's description in it as well.
  const headerOf = (name: string) =>
    page
      .locator(".pane-header")
      .filter({ has: page.locator("h3.title").getByText(name, { exact: true }) });
  const header = headerOf(title);
  const pane = page.locator(".pane").filter({ has: header });
  const list = pane.locator(".pane-body .monaco-list").first();
  const rowLocator = list.locator(".monaco-list-row");
  const isFound = (row: TreeRow, match: TextMatch) =>
    typeof match === "string"
      ? row.text === match
      : matches(`${row.text} ${row.description}`.trim(), match);

  const visibleRows = async () =>
    (await rowLocator.evaluateAll(readRows)).map((visible) => ({
      ...visible,
      row: { ...visible.row, actions: visible.row.actions.map(withoutKeys) },
    }));

  async function scroll(pixels: number): Promise<void> {
    await list.hover();
    await page.mouse.wheel(0, pixels);
    await page.waitForTimeout(100);
  }

  async function rows(): Promise<readonly TreeRow[]> {
    if ((await rowLocator.count()) === 0) return [];
    const found = new Map<number, TreeRow>();
    let scrolledPixels = 0;
    for (;;) {
      const visible = await visibleRows();
      const before = found.size;
      for (const { index, row } of visible) found.set(index, row);
      const isComplete = visible.some(({ isLast }) => isLast) || found.size === before;
      if (isComplete) break;
      scrolledPixels += 200;
      await scroll(200);
    }
    if (scrolledPixels > 0) await scroll(-scrolledPixels - 1_000);
    return [...found].sort(([first], [second]) => first - second).map(([, row]) => row);
  }

  /** Scrolls to the row when it must. */
  async function locate(match: TextMatch): Promise<Locator> {
    const index = await waitFor(
      `a row ${match} in ${title}`,
      async () => {
        const all = await rows();
        const indexes = all.flatMap((row, at) => (isFound(row, match) ? [at] : []));
        if (indexes.length > 1) throw new Error(`${match} is not clear in ${title}.`);
        return indexes[0];
      },
      { seen: rows },
    );
    const row = list.locator(`.monaco-list-row[data-index="${index}"]`);
    for (let attempt = 0; attempt < 50 && (await row.count()) === 0; attempt++) await scroll(150);
    await row.scrollIntoViewIfNeeded();
    return row;
  }

  async function setExpanded(match: TextMatch, expanded: boolean): Promise<void> {
    const row = await locate(match);
    if ((await row.getAttribute("aria-expanded")) === String(expanded)) return;
    await row.locator(".monaco-tl-twistie").click();
    await waitFor(`${match} ${expanded ? "expanded" : "collapsed"}`, async () => {
      const isSo = (await rows()).some(
        (found) => isFound(found, match) && found.expanded === expanded,
      );
      return isSo || undefined;
    });
  }

  async function open(): Promise<void> {
    await header.waitFor();
    const expanded = page.locator(".part.sidebar .pane-header.expanded");
    for (const name of await expanded.locator("h3.title").allTextContents()) {
      if (name !== title) await headerOf(name).locator("h3.title").click();
    }
    if ((await header.getAttribute("aria-expanded")) !== "true")
      await header.locator("h3.title").click();
    await pane.locator(".pane-body").waitFor();
  }

  return {
    open: () => step(`open view ${title}`, open),
    rows,
    waitForRows: (what, isSo, withinMs = patienceMs) =>
      step(`${title} shows ${what}`, () =>
        waitFor(
          `${what} in ${title}`,
          async () => {
            const all = await rows();
            return isSo(all) ? all : undefined;
          },
          { withinMs, seen: rows },
        ),
      ),
    waitForRow: (match, withinMs = patienceMs) =>
      step(`${title} shows ${match}`, () =>
        waitFor(
          `a row ${match} in ${title}`,
          async () => (await rows()).find((row) => isFound(row, match)),
          { withinMs, seen: rows },
        ),
      ),
    expand: (match) => step(`expand ${match}`, () => setExpanded(match, true)),
    collapse: (match) => step(`collapse ${match}`, () => setExpanded(match, false)),
    click: (match) =>
      step(`click ${match}`, async () => (await locate(match)).locator(".label-name").click()),
    clickAction: (match, label) =>
      step(`click ${label} of ${match}`, async () => {
        const row = await locate(match);
        await row.hover();
        await clickLabelled(row.locator(".actions .action-label"), label);
      }),
    contextMenu: (match) =>
      step(`open the menu of ${match}`, async () => {
        await (await locate(match)).locator(".label-name").click({ button: "right" });
        await page.locator(menuEntries).first().waitFor();
        return page.locator(menuEntries).allInnerTexts();
      }),
    chooseInMenu: (label) =>
      step(`choose ${label} in the menu`, () =>
        page.locator(menuEntries).getByText(label, { exact: true }).click(),
      ),
    hover: (match) =>
      step(`hover ${match}`, () =>
        tooltipText(page, async () => (await locate(match)).locator(".label-name").hover()),
      ),
    titleActions: async () =>
      (await header.locator(".actions .action-label").evaluateAll(readLabels)).map(withoutKeys),
    clickTitleAction: (label) =>
      step(`click ${label} in ${title}`, async () => {
        await header.hover();
        await clickLabelled(header.locator(".actions .action-label"), label);
      }),
    message: () => displayedText(pane.locator(".message")),
    welcome: () => displayedText(pane.locator(".pane-body.welcome .welcome-view-content")),
    clickWelcomeButton: (label) =>
      step(`click ${label}`, () =>
        pane.locator(".welcome-view-content").getByRole("button", { name: label }).click(),
      ),
  };
}

const menuEntries = ".monaco-menu .action-item:not(.disabled) .action-label:not(.separator)";

/** Runs in the page. */
const readLabels = (elements: readonly PageElement[]) =>
  elements.map((element) => element.getAttribute("aria-label") ?? "");

/** `Stop (Ctrl+K Alt+X)` is `Stop`. */
const withoutKeys = (label: string) => label.replace(/ \([^()]+\)$/, "");

/** Clicks the one of these buttons that has this label, whatever keys stand behind it. */
async function clickLabelled(buttons: Locator, label: string): Promise<void> {
  const look = async () => (await buttons.evaluateAll(readLabels)).map(withoutKeys);
  const index = await waitFor(
    `a button ${label}`,
    async () => {
      const found = (await look()).indexOf(label);
      return found < 0 ? undefined : found;
    },
    { withinMs: patienceMs, seen: look },
  );
  await buttons.nth(index).click();
}

interface VisibleRow {
  readonly index: number;
  readonly isLast: boolean;
  readonly row: TreeRow;
}

/** Runs in the page. */
function readRows(elements: readonly PageElement[]): readonly VisibleRow[] {
  const textOf = (element: PageElement | null) =>
    element?.offsetParent ? (element.textContent ?? "").replaceAll("\u00a0", " ").trim() : "";
  return elements.map((element) => {
    const expanded = element.getAttribute("aria-expanded");
    const icon = element.querySelector(".custom-view-tree-node-item-icon");
    return {
      index: Number(element.getAttribute("data-index")),
      isLast: element.getAttribute("data-last-element") === "true",
      row: {
        text: textOf(element.querySelector(".label-name")),
        description: textOf(element.querySelector(".label-description")),
        level: Number(element.getAttribute("aria-level")),
        expanded: expanded === null ? undefined : expanded === "true",
        icon: /codicon-(?!colored)([\w-]+)/.exec(icon?.className ?? "")?.[1] ?? "",
        selected: element.getAttribute("aria-selected") === "true",
        actions: [...element.querySelectorAll(".actions .action-label")].map(
          (action) => action.getAttribute("aria-label") ?? "",
        ),
        spoken: element.getAttribute("aria-label") ?? "",
      },
    };
  });
}
