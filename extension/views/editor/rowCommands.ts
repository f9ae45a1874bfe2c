import * as vscode from "vscode";
import type { SourcePosition } from "../../protocol/sourcePosition.ts";
import { currentReading } from "./currentReading.ts";
import type { LineDecorations } from "./decorations.ts";
import type { EditorParts } from "./editorState.ts";
import { findingMarkdown } from "./reportText.ts";
import { fullPlace } from "./tree/place.ts";
import type { TreeNode } from "./tree/treeNode.ts";

/** A row is named by its id when a menu or a click asks, and by nothing when a key does. */
export function rowOf(
  id: unknown,
  { tree, treeView }: Pick<EditorParts, "tree" | "treeView">,
): TreeNode | undefined {
  const chosen = typeof id === "string" ? id : treeView.selection[0];
  return chosen === undefined ? undefined : tree.node(chosen);
}

/** Opens the row's source line and marks it. */
export async function openRow(
  row: TreeNode,
  parts: EditorParts,
  decorations: LineDecorations,
): Promise<void> {
  const key = row.targetKey ?? targetKeyOf(row.id, parts);
  if (row.position && key !== undefined) await openPosition(row.position, key, parts, decorations);
}

/** Opens a source line of a target and marks it. */
export async function openPosition(
  position: SourcePosition,
  targetKey: string,
  { locator }: Pick<EditorParts, "locator">,
  decorations: LineDecorations,
): Promise<void> {
  const uri = await locator.locate(position.file, targetKey);
  if (!uri) {
    void vscode.window.showWarningMessage(
      `${fullPlace(position)} can't be shown: the file is not on this machine, and neither its source map nor the process has its text.`,
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.min(position.line, document.lineCount) - 1;
  const place = document.validatePosition(new vscode.Position(line, position.column - 1));
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(place, place),
    preview: true,
  });
  editor.revealRange(
    new vscode.Range(place, place),
    vscode.TextEditorRevealType.InCenterIfOutsideViewport,
  );
  decorations.showOpened({ document: uri.toString(), line: line + 1 });
}

/** A row below a finding knows its target by its id, which begins with the target's key. */
function targetKeyOf(id: string, { targets }: EditorParts): string | undefined {
  return targets.all.find(({ state }) => id.startsWith(`${state.key}/`))?.state.key;
}

/** Unfolds what keeps the row's targets alive. */
export async function showHolders(row: TreeNode, { tree, treeView }: EditorParts): Promise<void> {
  const { holdersId } = row;
  if (holdersId && tree.node(holdersId)) {
    await treeView.reveal(holdersId, { select: true, focus: true, expand: 2 });
  }
}

/** Puts the row's finding on the clipboard, as Markdown. */
export async function copyReport(row: TreeNode, parts: EditorParts): Promise<void> {
  const found = findingOf(row, parts);
  if (!found) return;
  await vscode.env.clipboard.writeText(findingMarkdown(found.current, found.report, Date.now()));
  vscode.window.setStatusBarMessage("Leakline: the finding is on the clipboard", 4000);
}

/** Asks why, and leaves the row's finding alone from then on. */
export async function ignoreRow(row: TreeNode, parts: EditorParts): Promise<void> {
  const finding = findingOf(row, parts)?.current.finding;
  if (!finding) return;
  const reason = await vscode.window.showInputBox({
    title: "Leakline: ignore this finding",
    prompt: `${finding.title}. Why may it be left alone?`,
    validateInput: (text) =>
      text.trim() === "" ? "Give a reason for those who come after you" : undefined,
  });
  if (reason === undefined) return;
  await parts.ignored.add({
    id: finding.id,
    title: finding.title,
    reason: reason.trim(),
    since: new Date().toISOString(),
  });
}

function findingOf({ targetKey, findingId }: TreeNode, { targets }: EditorParts) {
  const state = targetKey === undefined ? undefined : targets.find(targetKey)?.state;
  const reading = state && currentReading(state.look, state.heap);
  const current = reading?.findings.find(({ finding }) => finding.id === findingId);
  return reading && current ? { current, report: reading.newest.report } : undefined;
}
