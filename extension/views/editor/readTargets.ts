import * as vscode from "vscode";
import { formatCount, formatCountOf } from "../../base/count.ts";
import { collectsFirst, snapshotPrice } from "../../pipeline/snapshotPrice.ts";
import { noAnswerProblemCodes } from "../../protocol/problemCodes.ts";
import type { CaptureDescription, Report } from "../../protocol/report.ts";
import { pickTarget } from "./chooseTarget.ts";
import { currentReading } from "./currentReading.ts";
import type { EditorParts } from "./editorState.ts";
import { isCancelled, showFailure, withProgress } from "./progress.ts";
import { isBlocked } from "./tree/sections.ts";
import type { Asking, WantedTarget, WatchedTarget } from "./watchedTarget.ts";

/** The debug sessions' processes, or what the user picks. Empty when they turn away. */
export async function chooseTargets(parts: EditorParts): Promise<readonly WantedTarget[]> {
  const ofSession = await parts.sessions.processes();
  if (ofSession.length > 0) return ofSession;
  const picked = await pickTarget(parts);
  return picked ? [picked] : [];
}

/** Reads what was chosen, all at once: looks first, then the heap if its price is allowed. */
export async function readTargets(
  wanted: readonly WantedTarget[],
  parts: EditorParts,
): Promise<void> {
  // What has ended makes room for what is there now.
  for (const { state } of parts.targets.all) {
    if (state.phase.kind === "over") await parts.targets.remove(state.key);
  }
  void vscode.commands.executeCommand("leakline.findings.focus");
  await Promise.all(wanted.map((one) => readTarget(parts.targets.add(one), parts)));
}

/** Reads one target and tells the user when there is nothing to see or it did not work. */
export async function readTarget(target: WatchedTarget, parts: EditorParts): Promise<void> {
  const { title } = target.state;
  try {
    const report = await target.reading(() =>
      withProgress(`Leakline reads ${title}`, (asking) =>
        lookThenCapture(target, target.whileWatched(asking), parts),
      ),
    );
    parts.log.info(`${title}: reading ${report.capture.reading}, ${report.capture.level}`);
    await showOutcome(target, report, parts);
  } catch (error) {
    const { key, look, heap } = target.state;
    // Cancelled before anything was read of it: there is nothing to watch. After Stop, another may be in its place.
    const isListed = parts.targets.find(key) === target;
    if (isCancelled(error) && !look && !heap && isListed) await parts.targets.remove(key);
    showFailure(error, parts.log);
  }
}

async function lookThenCapture(
  target: WatchedTarget,
  asking: Asking,
  parts: EditorParts,
): Promise<Report> {
  const { kind } = await target.open(asking);
  const capture = async (): Promise<Report> => {
    const report = await target.capture(asking);
    if (report.capture.level !== "look") await target.readSuspended(asking);
    return report;
  };
  if (kind === "file") return capture();
  const look = await target.look(asking);
  if (look.problems.some(({ code }) => noAnswerProblemCodes.has(code))) return look;
  return inTurn(asking, parts, async () =>
    (await isSnapshotAllowed(look.capture, parts)) ? capture() : look,
  );
}

/** Snapshots of several processes come one after the other: each may need ten times a heap's memory. */
export const inTurn = <Result>(
  { signal, onEvent }: Asking,
  { captures }: Pick<EditorParts, "captures">,
  work: () => Promise<Result>,
): Promise<Result> =>
  captures.take(work, {
    signal,
    onWait: () =>
      onEvent({ kind: "progress", phase: "Waiting for another snapshot", fraction: null }),
  });

/** Asks when the snapshot stops the process for longer than the user allows, or memory is short. */
export async function isSnapshotAllowed(
  capture: CaptureDescription,
  { settings }: Pick<EditorParts, "settings">,
): Promise<boolean> {
  const price = snapshotPrice(capture, settings().longestUnaskedPauseMs / 1000);
  if (!price.tooHigh) return true;
  const take = "Take Snapshot";
  const choice = await vscode.window.showWarningMessage(
    "Take a heap snapshot?",
    { modal: true, detail: `It ${price.text}. ${collectsFirst}` },
    take,
  );
  return choice === take;
}

/** Leads to the first blockage in the side bar; says so when there is none. */
async function showOutcome(
  target: WatchedTarget,
  report: Report,
  { tree, treeView }: EditorParts,
): Promise<void> {
  const { state } = target;
  const reading = currentReading(state.look, state.heap);
  const blocked = reading?.findings.find(isBlocked);
  const id = blocked && `${state.key}/${blocked.finding.id}`;
  if (id && tree.node(id)) {
    await treeView.reveal(id, { select: true, expand: true });
    return;
  }
  const cannotTell = report.threads.some(({ state }) => state === "paused" || state === "native");
  if (blocked || cannotTell || report.problems.length > 0) return;
  const users = report.registries.filter(({ internal }) => !internal);
  const sum = (key: "live" | "queued") => users.reduce((total, one) => total + one[key], 0);
  void vscode.window.showInformationMessage(
    report.capture.level === "look"
      ? `No finalizer is blocked in ${state.title}.`
      : `No finalizer is blocked in ${state.title}: ${formatCountOf(users.length, "registry", "registries")}, ${formatCount(sum("live"))} live, ${formatCount(sum("queued"))} queued.`,
  );
}
