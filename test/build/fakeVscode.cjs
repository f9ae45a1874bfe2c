// Stands in for the editor's module, so that the packed extension can be started in any Node: it keeps
// what was registered, and everything else does nothing.
const Module = require("node:module");

const commands = [];
const disposable = { dispose() {} };
const nothing = () => disposable;
class EventEmitter {
  event = nothing;
  fire() {}
  dispose() {}
}
const log = { info() {}, error() {}, show() {}, dispose() {} };

const vscode = {
  EventEmitter,
  ThemeColor: class {},
  ThemeIcon: class {},
  MarkdownString: class {},
  StatusBarAlignment: { Left: 1 },
  OverviewRulerLane: { Full: 7 },
  QuickPickItemKind: { Separator: -1 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  Uri: { parse: (text) => ({ toString: () => text }) },
  commands: {
    registerCommand(id) {
      commands.push(id);
      return disposable;
    },
    executeCommand: async () => {},
  },
  debug: { onDidStartDebugSession: nothing, onDidTerminateDebugSession: nothing },
  workspace: {
    isTrusted: true,
    getConfiguration: () => ({ get() {} }),
    registerTextDocumentContentProvider: nothing,
    onDidChangeConfiguration: nothing,
  },
  window: {
    visibleTextEditors: [],
    createOutputChannel: () => log,
    createTreeView: () => ({ ...disposable }),
    createTextEditorDecorationType: nothing,
    createStatusBarItem: () => ({ show() {}, hide() {}, ...disposable }),
    onDidChangeVisibleTextEditors: nothing,
  },
};

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "vscode" ? vscode : load.call(this, request, ...rest);
};

const [, , bundle] = process.argv;
const { activate, deactivate } = require(bundle);
const subscriptions = [];
const startedAtMs = performance.now();
activate({
  subscriptions,
  globalStorageUri: { fsPath: __dirname },
  workspaceState: { get() {}, update: async () => {} },
});
const activationMs = performance.now() - startedAtMs;
deactivate().then(() => {
  for (const subscription of subscriptions) subscription.dispose();
  console.log(JSON.stringify({ node: process.version, commands, activationMs }));
});
