import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { formatBytes } from "../../base/byteSize.ts";
import { formatDuration } from "../../base/duration.ts";
import { cannotWriteFile } from "../../protocol/analysisErrors.ts";
import { snapshotFile } from "./chooseTarget.ts";
import type { EditorParts } from "./editorState.ts";
import { showFailure, withProgress } from "./progress.ts";
import { chooseTargets, inTurn, isSnapshotAllowed, readTargets } from "./readTargets.ts";
import type { WantedTarget } from "./watchedTarget.ts";

/** Writes one snapshot of what the user chooses, and offers to read it. */
export async function takeHeapSnapshot(parts: EditorParts): Promise<void> {
  const wanted = await chooseOne(await chooseTargets(parts));
  if (!wanted) return;
  const target = parts.targets.add(wanted);
  try {
    const saved = await withProgress(
      `Leakline takes a snapshot of ${wanted.title}`,
      async (ofUser) => {
        const asking = target.whileWatched(ofUser);
        const { kind } = await target.open(asking);
        if (kind === "file") return undefined;
        const { capture } = await target.look(asking);
        return inTurn(asking, parts, async () =>
          (await isSnapshotAllowed(capture, parts))
            ? target.saveSnapshot(asking, await newSnapshotPath(wanted.title, parts))
            : undefined,
        );
      },
    );
    if (!saved) return;
    const open = "Open Snapshot";
    const choice = await vscode.window.showInformationMessage(
      `The snapshot is in ${saved.path} (${formatBytes(saved.bytes)}, the process stood still for ${formatDuration(saved.pauseMs)}). It holds every string of the process, passwords included.`,
      open,
      "Copy Path",
    );
    if (choice === open) await readTargets([snapshotFile(vscode.Uri.file(saved.path))], parts);
    else if (choice) await vscode.env.clipboard.writeText(saved.path);
  } catch (error) {
    showFailure(error, parts.log);
  }
}

async function chooseOne(wanted: readonly WantedTarget[]): Promise<WantedTarget | undefined> {
  if (wanted.length < 2) return wanted[0];
  const items = wanted.map((one) => ({ label: one.title, wanted: one }));
  const item = await vscode.window.showQuickPick(items, {
    title: "Leakline: of which process?",
  });
  return item?.wanted;
}

/** `server.js-4242-2026-01-02T03-04-05.heapsnapshot`, in a folder that only the user can read. */
async function newSnapshotPath(
  title: string,
  { settings, snapshotFolder }: Pick<EditorParts, "settings" | "snapshotFolder">,
): Promise<string> {
  const folder = settings().snapshotFolder || snapshotFolder;
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw cannotWriteFile(folder, error.code ?? error.message);
  });
  const name = title.replace(/[^\w.]+/g, "-").replace(/^-+|-+$/g, "") || "process";
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  return join(folder, `${name}-${time}.heapsnapshot`);
}
