import { basename } from "node:path";
import * as vscode from "vscode";
import { formatDuration } from "../../base/duration.ts";
import { printable } from "../../base/printable.ts";
import type { NodeProcess } from "../../protocol/analysisApi.ts";
import type { EditorParts } from "./editorState.ts";
import { showFailure } from "./progress.ts";
import { isAddress, shortCommand } from "./targetNames.ts";
import type { WantedTarget } from "./watchedTarget.ts";

interface TargetItem extends vscode.QuickPickItem {
  readonly choose?: () => Promise<WantedTarget | undefined>;
}

const snapshotFilter = { "Heap snapshots": ["heapsnapshot"], "All files": ["*"] };

/** What a pid, an address or a file is watched as. */
export const wantedTarget = (target: string, title: string): WantedTarget => ({
  key: `target:${target}`,
  title,
  async *routes() {
    yield { target };
  },
});

/** The running Node processes, a port or a file. Resolves to undefined when the user turns away. */
export async function pickTarget({
  owner,
  log,
}: Pick<EditorParts, "owner" | "log">): Promise<WantedTarget | undefined> {
  const pick = vscode.window.createQuickPick<TargetItem>();
  pick.title = "Leakline: which Node process?";
  pick.placeholder = "A running process, an inspector's address or a heap snapshot";
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.buttons = [{ iconPath: new vscode.ThemeIcon("refresh"), tooltip: "List them again" }];
  const list = async () => {
    pick.busy = true;
    // The editor names rows by their numbers: a click on one of a list that is just being replaced would
    // choose another.
    pick.items = [];
    try {
      const api = (await owner.running()).bind({});
      const processes = (await api.listNodeProcesses()).filter(({ pid }) => pid !== process.pid);
      const isHere = processes.map(({ workingFolder }) => isInWorkspace(workingFolder));
      pick.items = [
        ...processes.filter((_, index) => isHere[index]).map(processItem),
        ...processes.filter((_, index) => !isHere[index]).map(processItem),
        ...otherItems,
      ];
    } catch (error) {
      pick.items = otherItems;
      showFailure(error, log);
    }
    pick.busy = false;
  };
  const chosen = new Promise<TargetItem | undefined>((resolve) => {
    pick.onDidTriggerButton(() => void list());
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  void list();
  const item = await chosen;
  pick.dispose();
  return item?.choose?.();
}

/** Those are the likely ones: they come first. */
const isInWorkspace = (folder: string | null): boolean =>
  folder !== null && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) !== undefined;

function processItem({ pid, command, workingFolder, ageMs, inspector }: NodeProcess): TargetItem {
  const title = printable(shortCommand(command));
  return {
    label: `${title} [${pid}]`,
    description: `for ${formatDuration(ageMs)} · inspector ${inspector ?? "closed"}`,
    detail: printable(`${workingFolder ?? "?"} · ${command}`),
    choose: async () => wantedTarget(String(pid), `${title} [${pid}]`),
  };
}

const otherItems: readonly TargetItem[] = [
  { label: "Elsewhere", kind: vscode.QuickPickItemKind.Separator },
  {
    label: "$(plug) An inspector's address…",
    description: "host:port or ws://",
    alwaysShow: true,
    choose: askAddress,
  },
  {
    label: "$(file-binary) A heap snapshot…",
    description: ".heapsnapshot",
    alwaysShow: true,
    choose: pickSnapshot,
  },
];

async function askAddress(): Promise<WantedTarget | undefined> {
  const address = await vscode.window.showInputBox({
    title: "Leakline: the inspector's address",
    prompt: "host:port, or the ws:// address that Node printed",
    value: "127.0.0.1:9229",
    validateInput: (text) =>
      isAddress(text.trim()) ? undefined : "Give host:port or an address that begins with ws://",
  });
  return address === undefined ? undefined : wantedTarget(address.trim(), address.trim());
}

/** A snapshot file of the user's choice. */
export async function pickSnapshot(): Promise<WantedTarget | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "Leakline: open a heap snapshot",
      canSelectMany: false,
      filters: snapshotFilter,
    })) ?? [];
  return file && snapshotFile(file);
}

export const snapshotFile = (file: vscode.Uri): WantedTarget =>
  wantedTarget(file.fsPath, basename(file.fsPath));
