import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { useWorkbench } from "../build/editor/useWorkbench.ts";

const program = `function add(left, right) {
  const sum = left + right;
  return sum;
}
let total = 0;
setInterval(() => {
  total = add(total, 1);
  console.log("total", total);
}, 200);
`;
const titles = packageJson.contributes.commands.map(({ title }) => `Leakline: ${title}`);
/** What stands in the palette before anything was read. */
const titlesAtFirst = [
  "Leakline: Attach to Node process…",
  "Leakline: Find blocked finalizers",
  "Leakline: Open demo",
  "Leakline: Open heap snapshot",
  "Leakline: Show log",
  "Leakline: Take heap snapshot",
];

describe("an editor in which Leakline is installed", () => {
  const code = useWorkbench({
    files: { "main.js": program },
    launch: [
      {
        type: "node",
        request: "launch",
        name: "Sums",
        program: "${workspaceFolder}/main.js",
      },
    ],
  });

  test("offers in the palette what can be done before anything was read", async () => {
    const found = await code().quickInput.searchCommands("Leakline:");
    expect(found.filter((title) => titles.includes(title)).sort()).toEqual(titlesAtFirst);
  });

  test("has one view beside those of the debugger, which says how to begin", async () => {
    const { sideBar, view } = code();
    await sideBar.open();
    await expect
      .poll(async () => (await sideBar.views()).filter((title) => title === "Leakline"))
      .toHaveLength(1);
    const leakline = view("Leakline");
    await leakline.open();
    await expect.poll(() => leakline.welcome()).toMatch(/^Which cleanup callback is stuck/);
    expect(await leakline.rows()).toEqual([]);
    await expect
      .poll(() => leakline.titleActions())
      .toEqual(["Find blocked finalizers", "Collapse All", "More Actions..."]);
    expect(await sideBar.badge()).toBeUndefined();
  });

  test("leaves breakpoints, stepping and the console to the debugger", async () => {
    const { debug, editor, sideBar, view } = code();
    await editor.open("main.js");
    await debug.toggleBreakpoint(2);
    await debug.start();
    await debug.waitUntilStopped();
    await expect.poll(() => editor.active()).toMatchObject({ file: "main.js", line: 2 });
    await sideBar.open();
    await view("Call Stack").open();
    const stack = await debug.waitForCallStack("add", (rows) => rows.some(isFrameOf(/add$/)));
    expect(stack[0]).toMatchObject({ kind: "session", state: "Paused on breakpoint" });

    await debug.press("Step Over");
    const stop = await editor.waitForLine(
      "the next stop",
      (line) => line.line === 3 && isStop(line),
    );
    expect(stop.gutter).toEqual(["debug-stackframe"]);
    await debug.evaluate("sum + 1000");
    await debug.waitForConsole(/^1001$/);

    await debug.toggleBreakpoint(2);
    await debug.press("Continue");
    await debug.waitUntilRunning();
    await debug.waitForConsole(/^total 3$/);
    await debug.stopAll();
    await debug.waitUntilEnded();
    expect(await code().notifications.list()).toEqual([]);
  });
});

const isFrameOf =
  (name: RegExp) =>
  ({ kind, text }: { readonly kind: string; readonly text: string }) =>
    kind === "frame" && name.test(text);

const isStop = ({ marks }: { readonly marks: readonly string[] }) =>
  marks.includes("debug-top-stack-frame-line");
