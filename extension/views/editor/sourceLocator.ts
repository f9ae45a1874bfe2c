import * as vscode from "vscode";
import { localPaths } from "./localPaths.ts";
import type { TargetList } from "./targetList.ts";
import type { FolderMapping } from "./watchedTarget.ts";

/** Texts that are on no disk here: they come from a source map, or from the inspected process. */
export const sourceScheme = "leakline-source";

/** Finds the documents that positions name. */
export class SourceLocator implements vscode.TextDocumentContentProvider {
  readonly #targets: TargetList;
  /** Virtual documents: their address, and which target has the text. */
  readonly #texts = new Map<string, string>();

  constructor(targets: TargetList) {
    this.#targets = targets;
  }

  /** The document of a report's `file`; null when neither this machine nor the target has it. */
  async locate(file: string, targetKey: string): Promise<vscode.Uri | null> {
    const target = this.#targets.find(targetKey);
    for (const path of localPaths(file, target?.state.folders ?? null)) {
      const uri = vscode.Uri.file(path);
      if (await exists(uri)) return uri;
    }
    const uri = virtualUri(file, targetKey);
    if (this.#texts.has(uri.toString())) return uri;
    const text = await target?.sourceText(file).catch(() => null);
    if (typeof text !== "string") return null;
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  /** The address that `locate` would give, as far as that can be said at once. */
  matches(document: vscode.Uri, file: string, targetKey: string, folders: FolderMapping | null) {
    return document.scheme === sourceScheme
      ? document.toString() === virtualUri(file, targetKey).toString()
      : localPaths(file, folders).some((path) => vscode.Uri.file(path).fsPath === document.fsPath);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }
}

/** The path keeps the name and ending, which choose the tab's title and the language. */
const virtualUri = (file: string, targetKey: string): vscode.Uri =>
  vscode.Uri.from({
    scheme: sourceScheme,
    path: `/${file.replace(/^[a-z-]+:\/*/i, "").replace(/^\/+/, "")}`,
    query: `target=${encodeURIComponent(targetKey)}&file=${encodeURIComponent(file)}`,
  });

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
