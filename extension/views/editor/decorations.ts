import * as vscode from "vscode";
import type { Finding } from "../../protocol/finding.ts";
import type { SourcePosition } from "../../protocol/sourcePosition.ts";
import { type Blocker, blockerText, waitingText } from "./blockers.ts";
import type { SourceLocator } from "./sourceLocator.ts";

/** What a row of the view led to. */
interface OpenedLine {
  readonly document: string;
  readonly line: number;
}

const stuckIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="#e51400"/><rect x="4" y="7" width="8" height="2" fill="#fff"/></svg>`;
const waitingIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 8h7M9 4l4 4-4 4" fill="none" stroke="#e51400" stroke-width="2"/></svg>`;

const gutterIcon = (svg: string): vscode.Uri =>
  vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`);

/** Marks in the open editors: the guilty callback, where its thread is stuck, and the line just opened. */
export class LineDecorations implements vscode.Disposable {
  readonly #locator: SourceLocator;
  readonly #guilty: vscode.TextEditorDecorationType;
  readonly #stuck: vscode.TextEditorDecorationType;
  readonly #opened: vscode.TextEditorDecorationType;
  #blockers: readonly Blocker[] = [];
  #openedLine: OpenedLine | undefined;
  #nowMs = 0;

  constructor(locator: SourceLocator) {
    this.#locator = locator;
    const line = { isWholeLine: true, overviewRulerLane: vscode.OverviewRulerLane.Full };
    this.#guilty = vscode.window.createTextEditorDecorationType({
      ...line,
      backgroundColor: new vscode.ThemeColor("inputValidation.errorBackground"),
      overviewRulerColor: new vscode.ThemeColor("editorError.foreground"),
      gutterIconPath: gutterIcon(stuckIcon),
      gutterIconSize: "contain",
      after: { margin: "0 0 0 3em", color: new vscode.ThemeColor("editorError.foreground") },
    });
    this.#stuck = vscode.window.createTextEditorDecorationType({
      ...line,
      backgroundColor: new vscode.ThemeColor("editor.stackFrameHighlightBackground"),
      overviewRulerColor: new vscode.ThemeColor("editorWarning.foreground"),
      gutterIconPath: gutterIcon(waitingIcon),
      gutterIconSize: "contain",
      after: { margin: "0 0 0 3em", color: new vscode.ThemeColor("editorCodeLens.foreground") },
    });
    this.#opened = vscode.window.createTextEditorDecorationType({
      ...line,
      backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    });
  }

  showBlockers(blockers: readonly Blocker[], nowMs: number): void {
    this.#blockers = blockers;
    this.#nowMs = nowMs;
    this.draw();
  }

  /** 1-based, as positions count. Undefined takes the mark away. */
  showOpened(line: OpenedLine | undefined): void {
    this.#openedLine = line;
    this.draw();
  }

  draw(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#drawIn(editor);
  }

  dispose(): void {
    for (const type of [this.#guilty, this.#stuck, this.#opened]) type.dispose();
  }

  #drawIn(editor: vscode.TextEditor): void {
    const { uri } = editor.document;
    const at = (blocker: Blocker, position: SourcePosition | null) =>
      position &&
      this.#locator.matches(uri, position.file, blocker.target.key, blocker.target.folders)
        ? lineRange(editor, position.line)
        : null;
    const guilty: vscode.DecorationOptions[] = [];
    const stuck: vscode.DecorationOptions[] = [];
    for (const blocker of this.#blockers) {
      const callback = at(blocker, blocker.current.finding.callback);
      if (callback) {
        const text = [blockerText(blocker, this.#nowMs), waitingText(blocker)];
        guilty.push(marked(callback, text.filter((part) => part !== "").join(" · ")));
      }
      const where = at(blocker, stuckAt(blocker.current.finding));
      if (where && !callback?.isEqual(where)) stuck.push(marked(where, "the thread is stuck here"));
    }
    editor.setDecorations(this.#guilty, guilty);
    editor.setDecorations(this.#stuck, stuck);
    const opened = this.#openedLine;
    editor.setDecorations(
      this.#opened,
      opened && uri.toString() === opened.document ? [lineRange(editor, opened.line)] : [],
    );
  }
}

/** The innermost line of the user's own. */
const stuckAt = ({ stack }: Finding): SourcePosition | null =>
  stack.find(({ internal, async, position }) => !internal && !async && position !== null)
    ?.position ?? null;

const marked = (range: vscode.Range, contentText: string): vscode.DecorationOptions => ({
  range,
  renderOptions: { after: { contentText } },
});

const lineRange = (editor: vscode.TextEditor, line: number): vscode.Range =>
  editor.document.lineAt(Math.max(0, Math.min(line, editor.document.lineCount) - 1)).range;
