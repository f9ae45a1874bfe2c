import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { architectureViolations, type SourceFile } from "./architecture/architectureViolations.ts";
import { importTable } from "./architecture/importTable.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("our own code", () => {
  const checked = ["extension", "webview", "test/build", "test/setup"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap(filesUnder);

  test("keeps to the import table and to the rules for names and sizes", () => {
    expect(architectureViolations(checked, importTable)).toEqual([]);
  });

  test("is what the test above has read", () => {
    const paths = checked.map(({ path }) => path);
    expect(paths).toContain("extension/entry/cli.ts");
    expect(paths).toContain("extension/findings/rules/running.rule.ts");
    expect(paths).toContain("extension/protocol/report.ts");
  });
});

describe("the table", () => {
  test("lets no view import another view, and nobody import entry or the demo", () => {
    const allowed = Object.entries(importTable).flatMap(([folder, { folders }]) =>
      folders === "anything" ? [] : folders.map((target) => [folder, target] as const),
    );
    expect(allowed.filter(([, target]) => /^extension\/(?:views|entry|demo)/.test(target))).toEqual(
      [],
    );
  });

  test("has a row for every folder that it names", () => {
    const named = Object.values(importTable).flatMap(({ folders }) =>
      folders === "anything" ? [] : folders,
    );
    expect(named.filter((folder) => !importTable[folder])).toEqual([]);
  });

  test("has no circle", () => {
    const remaining = new Map(
      Object.entries(importTable).map(([folder, { folders }]) => [
        folder,
        folders === "anything" ? [] : folders,
      ]),
    );
    for (let removed = true; removed; ) {
      removed = false;
      for (const [folder, targets] of remaining) {
        if (targets.some((target) => remaining.has(target))) continue;
        remaining.delete(folder);
        removed = true;
      }
    }
    expect([...remaining.keys()]).toEqual([]);
  });
});

describe("a planted violation is found:", () => {
  const plant = (path: string, text: string) =>
    architectureViolations([{ path, text }], importTable);

  test("an import to the right", () => {
    expect(
      plant("extension/graph/paths.ts", 'import { a } from "../findings/rule.ts";\na();'),
    ).toEqual(["extension/graph/paths.ts:1: extension/graph may not import extension/findings"]);
  });

  test.each([
    ["a type import", 'import type { Rule } from "../findings/rule.ts";'],
    ["an inline type import", 'import { type Rule } from "../findings/rule.ts";'],
    ["an import inside of a type", 'let rule: import("../findings/rule.ts").Rule;'],
    ["an export from", 'export { a } from "../findings/rule.ts"; export const b = 1;'],
    ["an export of everything", 'export * from "../findings/rule.ts"; export const b = 1;'],
    ["a side effect", 'import "../findings/rule.ts";'],
    ["a dynamic import", 'const load = () => import("../findings/rule.ts");'],
    ["a require", 'const rule = require("../findings/rule.ts");'],
    ["an import assignment", 'import rule = require("../findings/rule.ts");'],
  ])("%s, as much as any other import", (_name, text) => {
    expect(plant("extension/graph/paths.ts", text)).toEqual([
      "extension/graph/paths.ts:1: extension/graph may not import extension/findings",
    ]);
  });

  test("a folder without a row, and a file that lies in no folder", () => {
    expect(plant("extension/network/socket.ts", "let a = 1;")).toEqual([
      "extension/network/socket.ts: extension/network has no row in the import table",
    ]);
    expect(plant("extension/views/mail/letter.ts", "let a = 1;")).toEqual([
      "extension/views/mail/letter.ts: extension/views/mail has no row in the import table",
    ]);
    expect(plant("extension/start.ts", "let a = 1;")).toEqual([
      "extension/start.ts: extension has no row in the import table",
    ]);
  });

  test("a built-in module in a pure folder, also without its prefix", () => {
    expect(plant("extension/snapshot/parse.ts", 'import { readFile } from "node:fs";')).toEqual([
      "extension/snapshot/parse.ts:1: node:fs is not for extension/snapshot",
    ]);
    expect(plant("extension/process/attach.ts", '\nimport { connect } from "net";')).toEqual([
      "extension/process/attach.ts:2: write node:net",
    ]);
  });

  test("a package in the wrong folder", () => {
    expect(plant("extension/findings/rule.ts", 'import "@clack/prompts/deep";')).toEqual([
      "extension/findings/rule.ts:1: the package @clack/prompts is not for extension/findings",
    ]);
    expect(plant("extension/views/terminal/a.ts", 'import type { Uri } from "vscode";')).toEqual([
      "extension/views/terminal/a.ts:1: the package vscode is not for extension/views/terminal",
    ]);
    expect(plant("extension/demo/service.ts", 'import "typebox";')).toEqual([
      "extension/demo/service.ts:1: the package typebox is not for extension/demo",
    ]);
  });

  test("more than the types of a package that is there for its types", () => {
    const path = "extension/process/session.ts";
    expect(plant(path, 'import { Protocol } from "devtools-protocol";')).toEqual([
      `${path}:1: only types of the package devtools-protocol`,
    ]);
    expect(plant(path, 'import type { Protocol } from "devtools-protocol";')).toEqual([]);
  });

  test("the agent using more of the protocol than its types", () => {
    const path = "extension/agent/marks.ts";
    expect(plant(path, 'import { parse } from "../protocol/agentMessages.ts";')).toEqual([
      `${path}:1: extension/agent may import only types of extension/protocol`,
    ]);
    expect(plant(path, 'import type { Mark } from "../protocol/agentMessages.ts";')).toEqual([]);
  });

  test("a view that imports another view", () => {
    expect(plant("extension/views/terminal/a.ts", 'import { b } from "../editor/b.ts";')).toEqual([
      "extension/views/terminal/a.ts:1: extension/views/terminal may not import extension/views/editor",
    ]);
  });

  test("anybody who imports entry", () => {
    expect(plant("extension/pipeline/a.ts", 'import "../entry/cli.ts";')).toEqual([
      "extension/pipeline/a.ts:1: nobody imports entry",
    ]);
  });

  test("an import of something outside of the layers", () => {
    expect(plant("extension/base/a.ts", 'import "../../test/build/heap.ts";')).toEqual([
      "extension/base/a.ts:1: extension/base may not import test/build",
    ]);
  });

  test("a module whose name is computed", () => {
    expect(plant("extension/pipeline/a.ts", "await import(name);")).toEqual([
      "extension/pipeline/a.ts:1: the imported module's name is computed",
    ]);
  });

  test("a file of re-exports only", () => {
    expect(plant("extension/base/all.ts", 'export { a } from "./a.ts";')).toEqual([
      "extension/base/all.ts: a file of re-exports only",
    ]);
  });

  test("a name that says nothing", () => {
    for (const name of ["index", "utils", "types", "pathUtils", "common", "sessionManager"]) {
      expect(plant(`extension/base/${name}.ts`, "let a = 1;")).toEqual([
        `extension/base/${name}.ts: the name “${name}” doesn't say what is in it`,
      ]);
    }
    expect(plant("extension/base/helpers/a.ts", "let a = 1;")).toHaveLength(1);
    expect(plant("extension/base/utility.ts", "let a = 1;")).toEqual([]);
  });

  test("a file that is too long, sooner in entry", () => {
    const lines = (count: number) => "run();\n".repeat(count);
    expect(plant("extension/base/a.ts", lines(400))).toEqual([]);
    expect(plant("extension/base/a.ts", lines(401))).toEqual([
      "extension/base/a.ts: 401 lines, more than 400",
    ]);
    expect(plant("extension/entry/cli.ts", lines(41))).toEqual([
      "extension/entry/cli.ts: 41 lines, more than 40",
    ]);
  });

  test("folders that import each other in a circle, even if the table allowed it", () => {
    const row = { packages: [], builtins: "none" } as const;
    const table = {
      "extension/a": { ...row, folders: ["extension/b"] },
      "extension/b": { ...row, folders: ["extension/c"] },
      "extension/c": { ...row, folders: ["extension/a"] },
    };
    const files: readonly SourceFile[] = [
      { path: "extension/a/a.ts", text: 'import "../b/b.ts";' },
      { path: "extension/b/b.ts", text: 'import type { C } from "../c/c.ts";' },
      { path: "extension/c/c.ts", text: 'import "../a/a.ts";' },
    ];
    expect(architectureViolations(files, table)).toEqual([
      "folders import each other in a circle: extension/a → extension/b → extension/c → extension/a",
    ]);
  });
});

function filesUnder(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(root, path).split(sep).join("/"),
      text: readFileSync(path, "utf8"),
    }));
}
