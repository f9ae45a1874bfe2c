import * as vscode from "vscode";
import { pickSnapshot, pickTarget, snapshotFile } from "./chooseTarget.ts";
import type { LineDecorations } from "./decorations.ts";
import type { EditorParts } from "./editorState.ts";
import { findNode } from "./findNode.ts";
import { openDemo } from "./openDemo.ts";
import { showFailure } from "./progress.ts";
import { chooseTargets, readTarget, readTargets } from "./readTargets.ts";
import { copyReport, ignoreRow, openRow, rowOf, showHolders } from "./rowCommands.ts";
import { takeHeapSnapshot } from "./snapshotCommands.ts";
import type { TreeNode } from "./tree/treeNode.ts";

export interface CommandOptions {
  readonly demoScript: string;
  readonly filter: { get(): string; set(text: string): void };
  showBlockage(): Promise<void>;
  ignoredChanged(): void;
}

/** Every command of the extension by its id, as package.json has them. */
export function registerCommands(
  parts: EditorParts,
  decorations: LineDecorations,
  options: CommandOptions,
): readonly vscode.Disposable[] {
  const { targets, log } = parts;
  const register = (id: string, run: (argument: unknown) => Promise<void>) =>
    vscode.commands.registerCommand(`leakline.${id}`, (argument: unknown) =>
      run(argument).catch((error: unknown) => showFailure(error, log)),
    );
  /** Looks at, launches or changes something outside of the editor: not in a folder that nobody trusts. */
  const trusted = (id: string, run: (argument: unknown) => Promise<void>) =>
    register(id, async (argument) => {
      if (vscode.workspace.isTrusted) await run(argument);
      else void vscode.window.showWarningMessage(untrusted);
    });
  const onRow = (id: string, run: (row: TreeNode) => Promise<void>) =>
    register(id, async (argument) => {
      const row = rowOf(argument, parts);
      if (row) await run(row);
    });

  return [
    trusted("findBlockedFinalizers", async () => readTargets(await chooseTargets(parts), parts)),
    trusted("attach", async () => {
      const wanted = await pickTarget(parts);
      if (wanted) await readTargets([wanted], parts);
    }),
    trusted("openHeapSnapshot", async (argument) => {
      const wanted = argument instanceof vscode.Uri ? snapshotFile(argument) : await pickSnapshot();
      if (wanted) await readTargets([wanted], parts);
    }),
    trusted("takeHeapSnapshot", () => takeHeapSnapshot(parts)),
    trusted("openDemo", async () => {
      const nodePath = await findNode(parts.settings().nodePath, () => {});
      await openDemo(options.demoScript, nodePath);
    }),
    trusted("refresh", async () => {
      await Promise.all(
        targets.all
          .filter(({ state }) => state.phase.kind !== "over")
          .map((target) => readTarget(target, parts)),
      );
    }),
    register("stop", (argument) => stop(argument, parts)),
    register("showBlockage", () => options.showBlockage()),
    register("filter", async () => {
      const text = await vscode.window.showInputBox({
        title: "Leakline: filter the rows",
        prompt: "Part of a function's or file's name, or of a verdict; empty shows all",
        value: options.filter.get(),
      });
      if (text !== undefined) options.filter.set(text.trim());
    }),
    register("clearFilter", async () => options.filter.set("")),
    register("showLog", async () => log.show()),
    onRow("openLine", (row) => openRow(row, parts, decorations)),
    onRow("showHolders", (row) => showHolders(row, parts)),
    onRow("copyReport", (row) => copyReport(row, parts)),
    onRow("ignore", async (row) => {
      await ignoreRow(row, parts);
      options.ignoredChanged();
    }),
    onRow("unignore", async ({ findingId }) => {
      if (findingId !== undefined) await parts.ignored.remove(findingId);
      options.ignoredChanged();
    }),
  ];
}

const untrusted =
  "Leakline launches and attaches to nothing in a folder that you don't trust. Trust it first (Workspaces: Manage Workspace Trust).";

/** Stops watching: the row's target, the only one, or the one that the user chooses. */
async function stop(argument: unknown, { targets, tree }: EditorParts): Promise<void> {
  const key = typeof argument === "string" ? tree.node(argument)?.targetKey : undefined;
  const keys = key === undefined ? await chooseKeys(targets.all.map(({ state }) => state)) : [key];
  for (const one of keys) {
    const { leftBehind } = await targets.remove(one);
    if (leftBehind !== null) void vscode.window.showWarningMessage(leftBehind);
  }
}

async function chooseKeys(
  states: readonly { readonly key: string; readonly title: string }[],
): Promise<readonly string[]> {
  if (states.length < 2) return states.map(({ key }) => key);
  const all = { label: "All of them", keys: states.map(({ key }) => key) };
  const items = [all, ...states.map(({ key, title }) => ({ label: title, keys: [key] }))];
  const item = await vscode.window.showQuickPick(items, { title: "Leakline: stop watching" });
  return item?.keys ?? [];
}
