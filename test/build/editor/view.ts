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
    // Rows that have just gone need no scrolling: whoever waits for one reads them again.
    const isThere = await list.hover({ timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
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
    return waitFor(
      `one row ${match} in ${title}`,
      async () => {
        const all = await rows();
        const [index, ...others] = all.flatMap((row, at) => (isFound(row, match) ? [at] : []));
        if (index === undefined || others.length > 0) return undefined;
        const row = list.locator(`.monaco-list-row[data-index="${index}"]`);
        for (let attempt = 0; attempt < 50 && (await row.count()) === 0; attempt++) {
          await scroll(150);
        }
        const [found] = await row.evaluateAll(readRows);
        // Others may have come before it meanwhile.
        if (!found || !isFound(found.row, match)) return undefined;
        await row.scrollIntoViewIfNeeded();
        return row;
      },
      { seen: rows },
    );
  }

  /** What is drawn anew under the mouse does not notice the click. */
  async function setExpanded(match: TextMatch, expanded: boolean): Promise<void> {
    const isSo = async () =>
      (await rows()).some((row) => isFound(row, match) && row.expanded === expanded) || undefined;
    const what = `${match} ${expanded ? "expanded" : "collapsed"}`;
    await waitFor(
      what,
      async () => {
        if (await isSo()) return true;
        const row = await locate(match);
        // A click on what has nothing below it yet would open its line.
        if ((await row.getAttribute("aria-expanded")) === null) return undefined;
        await row.locator(".monaco-tl-twistie").click();
        return waitFor(what, isSo, { withinMs: clickAgainMs }).catch(() => undefined);
      },
      { seen: rows },
    );
  }

  /** A command may open the view at the same moment: what a click has led to is looked at again. */
  async function open(): Promise<void> {
    await waitFor(`${title} alone to be open`, async () => {
      const panes = await page.locator(".part.sidebar .pane-header").evaluateAll(readPanes);
      if (!panes.some((one) => one.title === title)) return undefined;
      const wrong = panes.find((one) => one.isOpen !== (one.title === title));
      if (!wrong) return true;
      await headerOf(wrong.title).locator("h3.title").click();
      return undefined;
    });
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
        await clickLabelled(row.locator(".actions"), label);
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
        await clickLabelled(header.locator(".actions"), label);
      }),
    message: () => displayedText(pane.locator(".message")),
    welcome: () => displayedText(pane.locator(".pane-body.welcome .welcome-view-content")),
    clickWelcomeButton: (label) =>
      step(`click ${label}`, () =>
        pane.locator(".welcome-view-content").getByRole("button", { name: label }).click(),
      ),
  };
}

const clickAgainMs = 5_000;
const menuEntries = ".monaco-menu .action-item:not(.disabled) .action-label:not(.separator)";

/** Runs in the page. */
const readLabels = (elements: readonly PageElement[]) =>
  elements.map((element) => element.getAttribute("aria-label") ?? "");

/** `Stop (Ctrl+K Alt+X)` is `Stop`. */
const withoutKeys = (label: string) => label.replace(/ \([^()]+\)$/, "");

/**
 * Clicks the button with this label, whatever keys stand behind it. It is found by the label, because buttons come and
 * go with what is selected and read.
 */
async function clickLabelled(buttons: Locator, label: string): Promise<void> {
  const quoted = JSON.stringify(label).slice(1, -1);
  await buttons
    .locator(`.action-label[aria-label="${quoted}"], .action-label[aria-label^="${quoted} ("]`)
    .first()
    .click();
}

interface PaneHeader {
  readonly title: string;
  readonly isOpen: boolean;
}

/** Runs in the page. */
const readPanes = (headers: readonly PageElement[]): readonly PaneHeader[] =>
  headers.map((header) => ({
    title: (header.querySelector("h3.title")?.textContent ?? "").trim(),
    isOpen: header.getAttribute("aria-expanded") === "true",
  }));

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
