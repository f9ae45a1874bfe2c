import * as vscode from "vscode";
import { type Blocker, blockerText, waitingText } from "./blockers.ts";
import { shortPlace } from "./tree/place.ts";

export interface BlockageSignsOptions {
  readonly treeView: vscode.TreeView<string>;
  openLine(blocker: Blocker): Promise<void>;
  showInView(blocker: Blocker): Promise<void>;
  /** Reads the heap as well, which says what waits. */
  read(blocker: Blocker): Promise<void>;
}

/**
 * The signs of a blockage outside of the view's rows: the status bar for as long as it lasts, the
 * view's badge, and one notification when it begins.
 */
export class BlockageSigns implements vscode.Disposable {
  readonly #options: BlockageSignsOptions;
  readonly #item: vscode.StatusBarItem;
  #announced = new Set<string>();

  constructor(options: BlockageSignsOptions) {
    this.#options = options;
    this.#item = vscode.window.createStatusBarItem(
      "leakline.blocked",
      vscode.StatusBarAlignment.Left,
      50,
    );
    this.#item.name = "Leakline: blocked finalizers";
    this.#item.command = "leakline.showBlockage";
    this.#item.backgroundColor = new vscode.ThemeColor("statusBarItem.errorBackground");
  }

  show(blockers: readonly Blocker[], nowMs: number): void {
    const [first] = blockers;
    if (first) {
      const others = blockers.length > 1 ? ` (+${blockers.length - 1})` : "";
      this.#item.text = `$(error) ${blockerText(first, nowMs)}${others}`;
      this.#item.tooltip = blockers.map((one) => describe(one, nowMs)).join("\n");
      this.#item.show();
    } else {
      this.#item.hide();
    }
    this.#options.treeView.badge = first && {
      value: blockers.length,
      tooltip: blockers.map((one) => blockerText(one, nowMs)).join("\n"),
    };
    const announced = new Set<string>();
    for (const blocker of blockers) {
      const isKnown = this.#announced.has(blocker.key);
      // In a moment the reading also says how many wait.
      if (!isKnown && blocker.target.isBeingRead) continue;
      announced.add(blocker.key);
      if (!isKnown) void this.#announce(blocker, nowMs);
    }
    // One that ended and comes again is a new one.
    this.#announced = announced;
  }

  dispose(): void {
    this.#item.dispose();
  }

  async #announce(blocker: Blocker, nowMs: number): Promise<void> {
    const openLine = "Open the Line";
    const showInView = "Show in Side Bar";
    const read = "Count What Waits";
    const choice = await vscode.window.showWarningMessage(
      describe(blocker, nowMs),
      openLine,
      showInView,
      ...(waitingText(blocker) === "" ? [read] : []),
    );
    if (choice === openLine) await this.#options.openLine(blocker);
    else if (choice === showInView) await this.#options.showInView(blocker);
    else if (choice === read) await this.#options.read(blocker);
  }
}

/** `closeSession blocks finalizers ≥ 3 min 12 s, 750 waiting, in server.js [4242], shareClient.ts:26`. */
function describe(blocker: Blocker, nowMs: number): string {
  const { callback } = blocker.current.finding;
  return [
    blockerText(blocker, nowMs),
    waitingText(blocker),
    `in ${blocker.target.title}`,
    callback ? shortPlace(callback) : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}
