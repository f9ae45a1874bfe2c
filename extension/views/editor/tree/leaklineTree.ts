import * as vscode from "vscode";
import type { TreeNode } from "./treeNode.ts";

/** A row as it was last shown, and what stands above and below it. */
interface ShownRow {
  readonly node: TreeNode;
  readonly parentId: string | undefined;
}

/**
 * The rows of the view by their ids: an id outlives the reading that it came from, so that what is
 * expanded and selected stays so, and a row whose age ticks is redrawn alone.
 */
export class LeaklineTree implements vscode.TreeDataProvider<string> {
  readonly #changed = new vscode.EventEmitter<readonly string[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event as vscode.Event<string[] | undefined>;
  #rows = new Map<string, ShownRow>();
  #roots: readonly string[] = [];

  /** Shows these rows; only those that differ from before are redrawn. */
  show(roots: readonly TreeNode[]): void {
    const before = this.#rows;
    const after = new Map<string, ShownRow>();
    const changed: string[] = [];
    const add = (node: TreeNode, parentId: string | undefined, isCovered: boolean): void => {
      after.set(node.id, { node, parentId });
      const old = before.get(node.id)?.node;
      // Redrawing a row redraws what is below it.
      const isChanged = !isCovered && old !== undefined && !looksLike(old, node);
      if (isChanged) changed.push(node.id);
      for (const child of node.children) add(child, node.id, isCovered || isChanged);
    };
    const rootIds = roots.map(({ id }) => id);
    const areSameRoots = sameTexts(rootIds, this.#roots);
    for (const root of roots) add(root, undefined, !areSameRoots);
    this.#rows = after;
    this.#roots = rootIds;
    if (!areSameRoots) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed);
  }

  node(id: string): TreeNode | undefined {
    return this.#rows.get(id)?.node;
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.node(id);
    return node ? itemOf(node) : new vscode.TreeItem("");
  }

  getChildren(id?: string): string[] {
    if (id === undefined) return [...this.#roots];
    return this.node(id)?.children.map((child) => child.id) ?? [];
  }

  getParent(id: string): string | undefined {
    return this.#rows.get(id)?.parentId;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

const looksLike = (a: TreeNode, b: TreeNode): boolean =>
  a.label === b.label &&
  a.description === b.description &&
  a.icon?.id === b.icon?.id &&
  sameTexts(a.tooltip ?? [], b.tooltip ?? []) &&
  sameTexts(a.contexts ?? [], b.contexts ?? []) &&
  sameTexts(
    a.children.map(({ id }) => id),
    b.children.map(({ id }) => id),
  );

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

function itemOf(node: TreeNode): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const state = node.children.length === 0 ? None : node.isExpanded ? Expanded : Collapsed;
  const item = new vscode.TreeItem(node.label, state);
  item.id = node.id;
  // False keeps the editor from making one of the file's path.
  item.description = node.description ?? false;
  item.tooltip = tooltipOf(node);
  if (node.icon) item.iconPath = iconOf(node.icon);
  // Each word stands alone between spaces, so that a `when` clause can look for it.
  if (node.contexts) item.contextValue = ` ${node.contexts.join(" ")} `;
  if (node.position) item.command = openLine(node);
  return item;
}

/**
 * While a row is drawn anew the editor has dropped the arguments of its command, and knows nothing of the rows below it.
 * A click at that moment is to open the line as well: a row that has rows below it is opened because it is selected, any
 * other by its id.
 */
const openLine = ({ id, children }: TreeNode): vscode.Command => ({
  command: "leakline.openLine",
  title: "Open the line",
  ...(children.length === 0 && { arguments: [id] }),
});

const iconOf = ({ id, color }: NonNullable<TreeNode["icon"]>) =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

/** Names in a heap are chosen by others: they are added as text, never as Markdown. */
function tooltipOf({ label, tooltip }: TreeNode): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  for (const [index, text] of (tooltip ?? [label]).entries()) {
    if (index > 0) markdown.appendMarkdown("\n\n");
    markdown.appendText(text);
  }
  return markdown;
}
