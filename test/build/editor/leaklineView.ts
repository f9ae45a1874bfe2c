import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";
import { readStat } from "../../../extension/process/procFiles.ts";
import type { TreeRow, View } from "./view.ts";
import type { Workbench } from "./workbench.ts";

/** The picker's title. */
export const processPicker = "Leakline: which Node process?";

/**
 * `Leakline: Find blocked finalizers`, and the view that shows the answer. Without a debug session
 * `pid` says which process to pick.
 */
export async function findBlocked(code: Workbench, pid?: number): Promise<View> {
  await code.runCommand("Leakline: Find blocked finalizers");
  if (pid !== undefined) await pickProcess(code, pid);
  const view = code.view("Leakline");
  await view.open();
  return view;
}

/**
 * The row of a blockage that is to come: whoever reads before it has begun sees nothing wrong, and reads again, as a
 * user does.
 */
export async function waitForBlockage(code: Workbench, match: RegExp): Promise<TreeRow> {
  const view = code.view("Leakline");
  for (let attempt = 1; attempt < mostReadings; attempt++) {
    const row = await view.waitForRow(match, readAgainMs).catch(() => undefined);
    if (row) return row;
    await readAgain(code);
  }
  return view.waitForRow(match);
}

const mostReadings = 5;
const readAgainMs = 15_000;

/** Picks a process as a user does: part of the row, and a click. */
export async function pickProcess({ quickInput }: Workbench, pid: number): Promise<void> {
  await quickInput.waitUntilOpen(processPicker);
  await quickInput.type(`[${pid}]`);
  await quickInput.choose(new RegExp(`\\[${pid}\\]$`));
}

/** Stops watching everything, if there is anything. */
async function stopWatching(code: Workbench): Promise<void> {
  const offered = await code.quickInput.searchCommands("Leakline: Stop");
  if (!offered.includes("Leakline: Stop")) return;
  const leakline = code.view("Leakline");
  await leakline.open();
  const isSeveral = (await leakline.rows()).some(({ actions }) => actions.includes("Stop"));
  await code.runCommand("Leakline: Stop");
  if (isSeveral) await code.quickInput.choose("All of them");
  await expect.poll(() => leakline.welcome()).not.toBe("");
}

/** After a test: nothing is debugged or watched any more, and no message is left. */
export async function putBack(code: Workbench): Promise<void> {
  await code.debug.stopAll();
  await code.debug.waitUntilEnded();
  await stopWatching(code);
  await code.notifications.clear();
}

/** The row of a finding that is in the state `kind`, such as `running`. */
export const findingRow = (name: string, kind: string): RegExp =>
  new RegExp(`^${name} ${kind}(?: |$)`);

/** What the view says in all, as lines: text and description. */
export const textOf = (rows: readonly TreeRow[]): string =>
  rows.map(({ text, description }) => `${text}  ${description}`.trim()).join("\n");

/** Messages of ours about a blockage, which come once for each. */
export async function blockageMessages(code: Workbench): Promise<readonly string[]> {
  const all = await code.notifications.list();
  return all.map(({ text }) => text).filter((text) => /blocks finalizers|starves/.test(text));
}

export async function expectNoBlockageInStatusBar(code: Workbench): Promise<void> {
  await expect
    .poll(async () => (await code.statusBar.items()).map(({ text }) => text).join(" | "))
    .not.toMatch(/finalizers/);
}

/** The debug side bar's badge also counts sessions: how many blockages it speaks of is ours. */
export async function waitForBadge(code: Workbench, blockages: number): Promise<void> {
  const count = async () =>
    ((await code.sideBar.badge())?.spoken.match(/(?:blocks|starves) finalizers/g) ?? []).length;
  await expect.poll(count).toBe(blockages);
}

/** The analysis processes that this editor has started: it runs them from its own folder of extensions. */
export function analysisProcesses({ workspace }: Workbench): readonly number[] {
  const folder = dirname(workspace);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return command.includes(folder) && command.includes("analysisProcess.cjs");
      } catch {
        // It ended meanwhile.
        return false;
      }
    })
    .filter((pid) => readStat(pid)?.state !== "Z");
}

/** `Read again` in the view, to its end. */
export async function readAgain(code: Workbench): Promise<void> {
  await code.view("Leakline").clickTitleAction("Read again");
  await code.notifications.waitFor(/^Leakline reads/);
  await code.notifications.waitUntilGone(/^Leakline reads/);
}
