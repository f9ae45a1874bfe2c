import { join } from "node:path";
import * as vscode from "vscode";
import { createTurns } from "../../base/turns.ts";
import { createAnalysisOwner } from "../../pipeline/analysisOwner.ts";
import { startAnalysis } from "../../pipeline/startAnalysis.ts";
import { BlockageSigns } from "./blockageSigns.ts";
import { type Blocker, blockersOf } from "./blockers.ts";
import { registerCommands } from "./commands.ts";
import { DebugSessions, keyOfSession } from "./debugSessions.ts";
import { LineDecorations } from "./decorations.ts";
import type { EditorParts, IgnoredFindings } from "./editorState.ts";
import { findNode } from "./findNode.ts";
import { failureText } from "./hints.ts";
import { createIgnoreReason, type IgnoredFinding, parseIgnored } from "./ignored.ts";
import { readTarget } from "./readTargets.ts";
import { openPosition } from "./rowCommands.ts";
import { readSettings, settingsSection } from "./settings.ts";
import { SourceLocator, sourceScheme } from "./sourceLocator.ts";
import { TargetList } from "./targetList.ts";
import { LeaklineTree } from "./tree/leaklineTree.ts";
import { viewTree } from "./tree/viewTree.ts";

export interface EditorOptions {
  /** The bundled entry/analysisProcess. */
  readonly analysisModule: string;
  /** The bundled demo's program. */
  readonly demoScript: string;
}

const viewId = "leakline.findings";
const tickMs = 1000;
const ignoredKey = "leakline.ignoredFindings";

/** Puts Leakline into the editor. Nothing is started, and no process is looked at, before a command says so. */
export function activateEditor(
  context: vscode.ExtensionContext,
  { analysisModule, demoScript }: EditorOptions,
): { dispose(): Promise<void> } {
  const log = vscode.window.createOutputChannel("Leakline", { log: true });
  const settings = currentSettings();
  const owner = createAnalysisOwner(async () => {
    const nodePath = await findNode(settings().nodePath, (message) => {
      void vscode.window.showWarningMessage(message);
    });
    log.info(`starting the analysis process with ${nodePath ?? "the editor's own Node"}`);
    return startAnalysis(analysisModule, { nodePath });
  });
  const targets = new TargetList({
    owner,
    answerDeadlineMs: () => settings().answerDeadlineMs,
    pollIntervalMs: () => settings().pollIntervalMs,
  });
  owner.onLost((error) => {
    log.error(`${error.code}: ${error.message} ${error.hint}`);
    void vscode.window.showErrorMessage(failureText(error));
  });
  const sessions = new DebugSessions((session) =>
    targets.find(keyOfSession(session))?.end("The debug session ended."),
  );
  const locator = new SourceLocator(targets);
  const decorations = new LineDecorations(locator);
  const tree = new LeaklineTree();
  const treeView = vscode.window.createTreeView(viewId, {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const parts: EditorParts = {
    owner,
    targets,
    sessions,
    locator,
    tree,
    treeView,
    log,
    settings,
    captures: createTurns(),
    ignored: ignoredFindings(context.workspaceState),
    snapshotFolder: join(context.globalStorageUri.fsPath, "snapshots"),
  };
  const signs = new BlockageSigns({
    treeView,
    async openLine({ current: { finding }, target }) {
      if (finding.callback) await openPosition(finding.callback, target.key, parts, decorations);
    },
    showInView: (blocker) => showInView(blocker, parts),
    async read({ target: { key } }) {
      const target = targets.find(key);
      if (target) await readTarget(target, parts);
    },
  });

  const hasTargets = contextKey("hasTargets");
  const hasFilter = contextKey("hasFilter");
  let filter = "";
  let blockers: readonly Blocker[] = [];
  const show = () => {
    const nowMs = Date.now();
    const states = targets.all.map(({ state }) => state);
    const ignoreReason = createIgnoreReason(parts.ignored.all, settings().ignoredRegistries);
    // A filter is for what is there, and not for what comes some day.
    if (states.length === 0) filter = "";
    const rows = viewTree({ targets: states, nowMs, ignoreReason, filter });
    tree.show(rows);
    blockers = blockersOf(states, ignoreReason, nowMs);
    signs.show(blockers, nowMs);
    decorations.showBlockers(blockers, nowMs);
    const [only] = states.length === 1 ? states : [];
    treeView.description = only?.title ?? "";
    treeView.message =
      filter === "" ? "" : `${rows.length === 0 ? "No row has" : "Rows with"} "${filter}"`;
    hasTargets.set(states.length > 0);
    hasFilter.set(filter !== "");
  };
  targets.onChange(show);
  const ticking = setInterval(() => {
    if (blockers.length > 0) show();
  }, tickMs);

  context.subscriptions.push(
    log,
    sessions,
    tree,
    treeView,
    decorations,
    signs,
    { dispose: () => clearInterval(ticking) },
    vscode.workspace.registerTextDocumentContentProvider(sourceScheme, locator),
    vscode.window.onDidChangeVisibleTextEditors(() => decorations.draw()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(settingsSection)) return;
      settings.refresh();
      show();
    }),
    ...registerCommands(parts, decorations, {
      demoScript,
      showBlockage: async () => {
        const [first] = blockers;
        if (first) await showInView(first, parts);
      },
      filter: {
        get: () => filter,
        set(text) {
          filter = text;
          show();
        },
      },
      ignoredChanged: show,
    }),
  );
  show();
  return {
    async dispose() {
      await targets.dispose();
      await owner.dispose();
    },
  };
}

async function showInView({ key }: Blocker, { tree, treeView }: EditorParts): Promise<void> {
  await vscode.commands.executeCommand(`${viewId}.focus`);
  if (tree.node(key)) await treeView.reveal(key, { select: true, focus: true, expand: true });
}

/** What `when` clauses ask. The rows are shown anew each second: only a change is told. */
function contextKey(name: string) {
  let current: boolean | undefined;
  return {
    set(value: boolean) {
      if (value === current) return;
      current = value;
      void vscode.commands.executeCommand("setContext", `leakline.${name}`, value);
    },
  };
}

/** Read once and after each change; what makes no sense is said once. */
function currentSettings() {
  const said = new Set<string>();
  const read = () => {
    const configuration = vscode.workspace.getConfiguration(settingsSection);
    const { settings, problems } = readSettings((name) => configuration.get(name));
    for (const { message } of problems) {
      if (!said.has(message)) void vscode.window.showWarningMessage(message);
      said.add(message);
    }
    return settings;
  };
  let current = read();
  return Object.assign(() => current, {
    refresh() {
      current = read();
    },
  });
}

function ignoredFindings(store: vscode.Memento): IgnoredFindings {
  const all = () => parseIgnored(store.get(ignoredKey));
  return {
    get all() {
      return all();
    },
    add: (finding: IgnoredFinding) =>
      store.update(ignoredKey, [...all().filter(({ id }) => id !== finding.id), finding]),
    remove: (id) =>
      store.update(
        ignoredKey,
        all().filter((one) => one.id !== id),
      ),
  };
}
