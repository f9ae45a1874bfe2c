import { basename } from "node:path";
import { displayedText } from "./displayedText.ts";
import type { PageElement, PageGlobals } from "./pageElement.ts";
import type { QuickInput } from "./quickInput.ts";
import type { Screen } from "./steps.ts";
import { findOne, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface EditorLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** What decorations write into the line without being part of it. */
  readonly added: readonly string[];
  /** Icons beside the line: a codicon's name such as `debug-breakpoint`, the file of an image, or `data:image`. */
  readonly gutter: readonly string[];
  /** Names of what marks the whole line or parts of it, such as `debug-top-stack-frame-line`. */
  readonly marks: readonly string[];
  /** The background that a decoration gives to the line or parts of it, as CSS colours. */
  readonly backgrounds: readonly string[];
}

export interface ActiveEditor {
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The text editor in front. */
export interface TextEditor {
  /** Opens a file of the workspace by its name, or any by its path, as Ctrl+P does; at a line if one is given. */
  open(file: string, line?: number): Promise<void>;
  active(): Promise<ActiveEditor | undefined>;
  /** Waits until the cursor is in this file, and on this line when one is given. */
  waitForCursor(file: string, line?: number, withinMs?: number): Promise<ActiveEditor>;
  /** The lines that are visible. */
  lines(): Promise<readonly EditorLine[]>;
  /** Waits until a visible line is so. */
  waitForLine(
    what: string,
    isSo: (line: EditorLine) => boolean,
    withinMs?: number,
  ): Promise<EditorLine>;
  /** Hovers the first occurrence of a text in a line, and gives what is said about it. */
  hover(line: number, text: string): Promise<string>;
  /** Hovers the icon beside a line, and gives what is said about it. */
  hoverGutter(line: number): Promise<string>;
  clickGutter(line: number): Promise<void>;
  codeLenses(): Promise<readonly string[]>;
  clickCodeLens(match: TextMatch, withinMs?: number): Promise<void>;
}

/** In the window, in pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

const pane = ".editor-group-container.active .editor-instance .monaco-editor";

export function textEditorOf({ page, step }: Screen, quickInput: QuickInput): TextEditor {
  const lines = () => page.evaluate(readLines, pane);
  const lenses = page.locator(`${pane} .codelens-decoration a`);

  async function active(): Promise<ActiveEditor | undefined> {
    const tab = page.locator(".editor-group-container.active .tab.active");
    const position = page.locator('[id="status.editor.selection"]');
    if ((await tab.count()) === 0 || (await position.count()) === 0) return undefined;
    const [, line, column] = /Ln (\d+), Col (\d+)/.exec((await position.textContent()) ?? "") ?? [];
    return {
      file: (await tab.getAttribute("data-resource-name")) ?? "",
      path: (await tab.locator(".tab-label").getAttribute("aria-label")) ?? "",
      line: Number(line),
      column: Number(column),
    };
  }

  async function waitForCursor(file: string, line?: number, withinMs?: number) {
    const isThere = (editor: ActiveEditor) =>
      editor.file === file && (line === undefined || editor.line === line);
    return waitFor(
      `the cursor in ${file}${line === undefined ? "" : `:${line}`}`,
      async () => {
        const editor = await active();
        return editor && isThere(editor) ? editor : undefined;
      },
      { ...(withinMs !== undefined && { withinMs }), seen: active },
    );
  }

  /** The middle of the icons beside a line, once it stands still: an editor that was just opened scrolls. */
  async function gutterAt(line: number): Promise<Place> {
    const number = page.locator(`${pane} .line-numbers`).getByText(String(line), { exact: true });
    let before: Place | undefined;
    return waitFor(`line ${line} to stand still`, async () => {
      const margin = await page.locator(`${pane} .glyph-margin`).first().boundingBox();
      const box = (await number.count()) === 1 ? await number.boundingBox() : null;
      const now = margin && box ? { x: margin.x + 10, y: box.y + box.height / 2 } : undefined;
      const isStill = now !== undefined && now.x === before?.x && now.y === before?.y;
      before = now;
      return isStill ? now : undefined;
    });
  }

  return {
    open: (file, line) =>
      step(`open ${basename(file)} ${line ?? ""}`, async () => {
        await page.keyboard.press("Control+P");
        await quickInput.waitUntilOpen(/^Search files by name/);
        await quickInput.type(line === undefined ? file : `${file}:${line}`);
        await quickInput.choose(basename(file));
        await waitForCursor(basename(file), line);
      }),
    active,
    waitForCursor: (file, line, withinMs) =>
      step(`cursor in ${file} ${line ?? ""}`, () => waitForCursor(file, line, withinMs)),
    lines,
    waitForLine: (what, isSo, withinMs = patienceMs) =>
      step(`editor shows ${what}`, () =>
        waitFor(`${what} in the editor`, async () => (await lines()).find(isSo), {
          withinMs,
          seen: lines,
        }),
      ),
    hover: (line, text) =>
      step(`hover ${text} in line ${line}`, async () => {
        const place = await page.evaluate(placeOfText, { editorSelector: pane, line, text });
        if (!place) throw new Error(`${text} is not in line ${line}.`);
        return hoverAt(place);
      }),
    hoverGutter: (line) =>
      step(`hover the gutter of line ${line}`, async () => hoverAt(await gutterAt(line))),
    clickGutter: (line) =>
      step(`click the gutter of line ${line}`, async () => {
        const { x, y } = await gutterAt(line);
        await page.mouse.move(x, y);
        await page.mouse.click(x, y);
      }),
    codeLenses: () => lenses.allInnerTexts(),
    clickCodeLens: (match, withinMs = patienceMs) =>
      step(`click lens ${match}`, async () => {
        const index = await waitFor(
          `one lens ${match}`,
          async () => {
            const texts = await lenses.allInnerTexts();
            const found = findOne(texts, (text) => text, match);
            return found === undefined ? undefined : texts.indexOf(found);
          },
          { withinMs, seen: () => lenses.allInnerTexts() },
        );
        await lenses.nth(index).click();
      }),
  };

  async function hoverAt({ x, y }: Place): Promise<string> {
    await page.mouse.move(0, 0);
    await page.mouse.move(x - 1, y);
    await page.mouse.move(x, y);
    const contents = page.locator(`${pane} .monaco-hover:not(.hidden) .hover-contents`);
    await contents.first().waitFor();
    return displayedText(contents);
  }
}

/** Runs in the page. What belongs to one line is in several layers, at the same height. */
function readLines(editorSelector: string): readonly EditorLine[] {
  const { document, getComputedStyle } = globalThis as unknown as PageGlobals;
  const editor = document.querySelector(editorSelector);
  if (!editor) return [];
  const topOf = (element: PageElement) => Math.round(element.getBoundingClientRect().top);
  const all = (selector: string) => [...editor.querySelectorAll(selector)];
  const at = (elements: readonly PageElement[], top: number) =>
    elements.filter((element) => Math.abs(topOf(element) - top) <= 2);
  const textLines = all(".view-lines > .view-line");
  const overlays = all(".view-overlays > div");
  const icons = all(".glyph-margin-widgets > .cgmr, .margin-view-overlays .cgmr");

  const addedTo = (line: PageElement) =>
    [...line.querySelectorAll("span")].flatMap((span) =>
      ["::before", "::after"].flatMap((pseudo) => {
        const { content } = getComputedStyle(span, pseudo);
        return content.startsWith('"') ? [JSON.parse(content) as string] : [];
      }),
    );
  const iconNames = (icon: PageElement) => {
    const names = [...icon.classList]
      .filter((name) => name.startsWith("codicon-"))
      .map((name) => name.slice("codicon-".length));
    const address = decodeURIComponent(getComputedStyle(icon).backgroundImage);
    const image = /([^/=&"?]+\.(?:svg|png))/.exec(address)?.[1];
    if (address.includes("data:image")) return [...names, "data:image"];
    return image ? [...names, image] : names;
  };

  return all(".margin-view-overlays > div").flatMap((margin) => {
    const number = Number(margin.querySelector(".line-numbers")?.textContent ?? "");
    if (!number) return [];
    const top = topOf(margin);
    const decorations = at(overlays, top).flatMap((row) => [...row.querySelectorAll(".cdr")]);
    const texts = at(textLines, top);
    const backgrounds = decorations
      .map((decoration) => getComputedStyle(decoration).backgroundColor)
      .filter((color) => !/^(?:transparent|rgba\(\d+, \d+, \d+, 0\))$/.test(color));
    return [
      {
        line: number,
        text: texts
          .map((line) => line.textContent ?? "")
          .join("")
          .replaceAll("\u00a0", " "),
        added: texts.flatMap(addedTo),
        gutter: at(icons, top).flatMap(iconNames),
        marks: decorations
          .flatMap((decoration) => [...decoration.classList])
          .filter((name) => name !== "cdr"),
        backgrounds,
      },
    ];
  });
}

interface TextPlace {
  readonly editorSelector: string;
  readonly line: number;
  readonly text: string;
}

/** Runs in the page: the middle of the first character of a text in a line. */
function placeOfText({ editorSelector, line, text }: TextPlace) {
  const { document } = globalThis as unknown as PageGlobals;
  const editor = document.querySelector(editorSelector);
  const all = (selector: string) => [...(editor?.querySelectorAll(selector) ?? [])];
  const margin = all(".margin-view-overlays > div").find(
    (row) => row.querySelector(".line-numbers")?.textContent === String(line),
  );
  const top = margin?.getBoundingClientRect().top ?? Number.NaN;
  const textLine = all(".view-lines > .view-line").find(
    (row) => Math.abs(row.getBoundingClientRect().top - top) <= 2,
  );
  const start = (textLine?.textContent ?? "").replaceAll("\u00a0", " ").indexOf(text);
  if (!textLine || start < 0) return undefined;
  let offset = 0;
  for (const token of textLine.querySelectorAll(":scope > span > span")) {
    const length = (token.textContent ?? "").length;
    if (start < offset + length) {
      const { left, top: tokenTop, width, height } = token.getBoundingClientRect();
      return { x: left + ((start - offset + 0.5) * width) / length, y: tokenTop + height / 2 };
    }
    offset += length;
  }
  return undefined;
}
