/** What one folder may import besides its own files. */
export interface ImportRow {
  /** Other folders; `anything` is for the places where the parts are put together. */
  readonly folders: readonly string[] | "anything";
  readonly packages: readonly string[];
  /** Packages of which only the types may be used. */
  readonly packageTypes?: readonly string[];
  /** Node's built-in modules. */
  readonly builtins: "all" | "none" | readonly string[];
  /** When true, of the other folders only types. */
  readonly typesOnly?: boolean;
}

const engine = ["extension/base", "extension/protocol"];
const view = [...engine, "extension/pipeline"];

/**
 * Who may import whom. A folder of `extension/` without a row fails the test; a row without a
 * folder is for a part that is not built yet.
 */
export const importTable: Readonly<Record<string, ImportRow>> = {
  "extension/base": { folders: [], packages: [], builtins: "none" },
  "extension/protocol": { folders: ["extension/base"], packages: ["typebox"], builtins: "none" },
  "extension/agent": {
    folders: ["extension/protocol"],
    typesOnly: true,
    packages: [],
    builtins: "all",
  },
  "extension/process": {
    folders: engine,
    packages: ["chrome-remote-interface"],
    packageTypes: ["devtools-protocol"],
    builtins: "all",
  },
  "extension/snapshot": { folders: ["extension/base"], packages: [], builtins: "none" },
  "extension/graph": {
    folders: ["extension/base", "extension/snapshot"],
    packages: [],
    builtins: "none",
  },
  "extension/sources": {
    folders: engine,
    packages: ["@babel/parser", "@jridgewell/trace-mapping", "estree-walker"],
    packageTypes: ["@babel/types"],
    builtins: "none",
  },
  "extension/findings": {
    folders: [...engine, "extension/graph"],
    packages: [],
    builtins: "none",
  },
  "extension/demo": { folders: [], packages: [], builtins: "all" },
  "extension/pipeline": {
    folders: [
      ...engine,
      "extension/process",
      "extension/snapshot",
      "extension/graph",
      "extension/sources",
      "extension/findings",
    ],
    packages: [],
    builtins: "all",
  },
  "extension/views/debug": {
    folders: view,
    packages: ["@vscode/debugadapter"],
    builtins: "all",
  },
  "extension/views/language": {
    folders: [...engine, "extension/sources"],
    packages: ["vscode-languageserver"],
    builtins: "all",
  },
  "extension/views/terminal": {
    folders: view,
    packages: ["@clack/prompts", "cli-progress", "commander", "fast-string-width", "picocolors"],
    builtins: "all",
  },
  "extension/views/metrics": { folders: view, packages: [], builtins: "all" },
  "extension/views/exchange": { folders: view, packages: [], builtins: "all" },
  "extension/views/assert": { folders: view, packages: [], builtins: "all" },
  "extension/views/editor": {
    folders: view,
    packages: ["vscode", "vscode-languageclient"],
    builtins: "all",
  },
  "extension/entry": { folders: "anything", packages: [], builtins: "all" },
  webview: { folders: engine, packages: ["preact"], builtins: "none" },
};
