import type * as vscode from "vscode";
import type { Turns } from "../../base/turns.ts";
import type { AnalysisOwner } from "../../pipeline/analysisOwner.ts";
import type { DebugSessions } from "./debugSessions.ts";
import type { IgnoredFinding } from "./ignored.ts";
import type { Settings } from "./settings.ts";
import type { SourceLocator } from "./sourceLocator.ts";
import type { TargetList } from "./targetList.ts";
import type { LeaklineTree } from "./tree/leaklineTree.ts";

/** What the commands work with; each takes the parts that it needs. */
export interface EditorParts {
  readonly owner: AnalysisOwner;
  readonly targets: TargetList;
  readonly sessions: DebugSessions;
  readonly locator: SourceLocator;
  readonly tree: LeaklineTree;
  readonly treeView: vscode.TreeView<string>;
  readonly log: vscode.LogOutputChannel;
  readonly settings: () => Settings;
  /** One snapshot at a time, of whichever target. */
  readonly captures: Turns;
  readonly ignored: IgnoredFindings;
  /** A private folder of the extension for the user's snapshots. */
  readonly snapshotFolder: string;
}

/** The findings that the user wants to be left alone with, beyond the window's life. */
export interface IgnoredFindings {
  readonly all: readonly IgnoredFinding[];
  add(finding: IgnoredFinding): Thenable<void>;
  remove(id: string): Thenable<void>;
}
