import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };

const { contributes } = packageJson;
const root = fileURLToPath(new URL("../../../", import.meta.url));
const commands = contributes.commands.map(({ command }) => command);
const menus = Object.values(contributes.menus).flat();

test("every command has a category, a title and an icon", () => {
  for (const command of contributes.commands) {
    expect(command).toMatchObject({
      category: "Leakline",
      title: expect.stringMatching(/^[A-Z]/),
      icon: expect.stringMatching(/^\$\([a-z-]+\)$/),
    });
  }
});

test("menus, keys, welcome texts and the walkthrough name commands that exist", () => {
  const known = new Set([...commands, "leakline.findings.focus", "workbench.trust.manage"]);
  const linked = JSON.stringify([contributes.viewsWelcome, contributes.walkthroughs]);
  const named = [
    ...menus.map(({ command }) => command),
    ...contributes.keybindings.map(({ command }) => command),
    ...[...linked.matchAll(/command:([\w.]+)/gi)].map(([, command]) => command ?? ""),
  ];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((command) => !known.has(command))).toEqual([]);
});

test("what starts, attaches or reads is enabled in trusted folders only", () => {
  const enabled = Object.fromEntries(
    contributes.commands.map((command) => [
      command.command.replace("leakline.", ""),
      "enablement" in command && command.enablement.includes("isWorkspaceTrusted"),
    ]),
  );
  for (const id of [
    "findBlockedFinalizers",
    "takeHeapSnapshot",
    "openHeapSnapshot",
    "attach",
    "openDemo",
    "refresh",
  ])
    expect({ id, trusted: enabled[id] }).toEqual({ id, trusted: true });
});

test("the five main commands have a key of their own, and no key is given twice", () => {
  const keys = contributes.keybindings.map((binding) => `${binding.key} ${"when" in binding}`);
  expect(new Set(keys).size).toBe(keys.length);
  const bound = contributes.keybindings.map(({ command }) => command);
  for (const id of [
    "findBlockedFinalizers",
    "takeHeapSnapshot",
    "openHeapSnapshot",
    "attach",
    "stop",
  ])
    expect(bound).toContain(`leakline.${id}`);
});

test("a row's actions depend on words that rows have", () => {
  const words = new Set(
    menus.flatMap(({ when }) =>
      [...when.matchAll(/viewItem =~ \/ (\w+) \//g)].map(([, word]) => word),
    ),
  );
  const declared = /export type NodeContext =([^;]+);/.exec(
    readFileSync(`${root}extension/views/editor/tree/treeNode.ts`, "utf8"),
  )?.[1];
  expect([...words].sort()).toEqual(
    [...(declared ?? "").matchAll(/"(\w+)"/g)].map(([, word]) => word).sort(),
  );
});

test("the walkthrough's pages are there", () => {
  const pages = contributes.walkthroughs.flatMap(({ steps }) =>
    steps.map(({ media }) => media.markdown),
  );
  expect(pages.filter((page) => !existsSync(`${root}${page}`))).toEqual([]);
  expect(pages).toHaveLength(4);
});
