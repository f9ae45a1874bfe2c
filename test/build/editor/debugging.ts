import type { PageElement } from "./pageElement.ts";
import type { QuickInput } from "./quickInput.ts";
import type { Screen } from "./steps.ts";
import type { TextEditor } from "./textEditor.ts";
import { findOne, matches, patienceMs, type TextMatch, waitFor } from "./waiting.ts";

export interface CallStackRow {
  readonly kind: "session" | "thread" | "frame" | "other";
  /** The session's, thread's or function's name. */
  readonly text: string;
  /** `Running`, `Paused on breakpoint`; empty for a frame. */
  readonly state: string;
  /** The frame's file, and its line and column as `2:15`; both empty for a session. */
  readonly file: string;
  readonly position: string;
  readonly level: number;
}

export type DebugButton =
  | "Continue"
  | "Pause"
  | "Step Over"
  | "Step Into"
  | "Step Out"
  | "Restart"
  | "Stop"
  | "Disconnect";

/** Debugging as a user does it, with whatever debugger the configuration names. */
export interface Debugging {
  /** Presses F5, or picks a configuration by its name and starts it. */
  start(configuration?: string): Promise<void>;
  /** Waits until the session in front stands somewhere. */
  waitUntilStopped(withinMs?: number): Promise<void>;
  waitUntilRunning(withinMs?: number): Promise<void>;
  waitUntilEnded(withinMs?: number): Promise<void>;
  /** Clicks a button of the floating toolbar, by its label without the keys. */
  press(button: DebugButton): Promise<void>;
  /** Ends all sessions, if there are any. */
  stopAll(): Promise<void>;
  callStack(): Promise<readonly CallStackRow[]>;
  waitForCallStack(
    what: string,
    isSo: (rows: readonly CallStackRow[]) => boolean,
    withinMs?: number,
  ): Promise<readonly CallStackRow[]>;
  /** Clicks a row of the call stack, by its text: a session or a frame comes to the front. */
  selectInCallStack(match: TextMatch): Promise<void>;
  /** Sets a breakpoint on a line of the file in front, or removes it, by clicking beside it. */
  toggleBreakpoint(line: number): Promise<void>;
  /** The lines of the Debug Console that are visible. */
  console(): Promise<readonly string[]>;
  waitForConsole(match: RegExp, withinMs?: number): Promise<string>;
  /** Types an expression into the Debug Console. */
  evaluate(expression: string): Promise<void>;
}

const startAppearsWithinMs = 20_000;
const sessionEndsWithinMs = 5_000;
const clickAgainMs = 10_000;
const typedWithinMs = 2_000;

export function debuggingOf(
  { page, step }: Screen,
  quickInput: QuickInput,
  textEditor: TextEditor,
): Debugging {
  const toolbar = page.locator(".debug-toolbar:visible");
  const button = (name: string) =>
    toolbar.locator(`.action-label[aria-label^=${JSON.stringify(`${name} (`)}]:not(.disabled)`);
  const stackRows = page.locator(".debug-call-stack .monaco-list-row");
  const callStack = () => stackRows.evaluateAll(readCallStack);
  const consoleRows = page.locator(".repl .monaco-list-row");
  const consoleLines = () => consoleRows.evaluateAll(readConsole);
  const replInput = page.locator(".repl-input-wrapper .monaco-editor");
  const typedInRepl = async () =>
    ((await replInput.locator(".view-lines").textContent()) ?? "").replaceAll("\u00a0", " ");
  const state = async () => ({ callStack: await callStack(), console: await consoleLines() });

  const until = (what: string, isSo: () => Promise<boolean>, withinMs: number) =>
    waitFor(what, async () => (await isSo()) || undefined, { withinMs, seen: state });

  /** Right after its start the editor may not hear the key; pressed twice, it would start two sessions. */
  async function pressF5(): Promise<void> {
    await page.keyboard.press("F5");
    const isStarted = await toolbar.waitFor({ timeout: startAppearsWithinMs }).then(
      () => true,
      () => false,
    );
    if (!isStarted) await page.keyboard.press("F5");
  }

  /** A session that starts at this moment takes the focus away, which closes the list. */
  async function pickAndStart(configuration: string): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        await quickInput.runCommand("Debug: Select and Start Debugging");
        await quickInput.choose(configuration, startAppearsWithinMs);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await page.keyboard.press("Escape");
      }
    }
  }

  return {
    start: (configuration) =>
      step(`start debugging ${configuration ?? ""}`, async () => {
        if (configuration === undefined) await pressF5();
        else await pickAndStart(configuration);
        await toolbar.waitFor({ timeout: patienceMs });
      }),
    waitUntilStopped: (withinMs = patienceMs) =>
      step("stopped", async () => {
        const isStopped = async () =>
          (await button("Continue").count()) > 0 && (await button("Step Over").count()) > 0;
        await until("a stop", isStopped, withinMs);
      }),
    waitUntilRunning: (withinMs = patienceMs) =>
      step("running", async () => {
        await until("running", async () => (await button("Pause").count()) > 0, withinMs);
      }),
    waitUntilEnded: (withinMs = patienceMs) =>
      step("debugging has ended", async () => {
        await until("the end", async () => (await toolbar.count()) === 0, withinMs);
      }),
    press: (name) => step(`press ${name}`, () => button(name).click()),
    stopAll: () =>
      step("stop all sessions", async () => {
        await page.keyboard.press("Escape");
        await waitFor(
          "the end",
          async () => {
            if ((await toolbar.count()) === 0) return true;
            // It ends the session in front; the next one comes there. No command: they end by themselves, too.
            const before = await callStack();
            await page.keyboard.press("Shift+F5");
            const isFewer = async () =>
              (await toolbar.count()) === 0 || (await callStack()).length < before.length;
            await until("fewer sessions", isFewer, sessionEndsWithinMs).catch(() => {});
            return undefined;
          },
          { seen: state },
        );
      }),
    callStack,
    waitForCallStack: (what, isSo, withinMs = patienceMs) =>
      step(`call stack shows ${what}`, () =>
        waitFor(
          `${what} in the call stack`,
          async () => {
            const rows = await callStack();
            return isSo(rows) ? rows : undefined;
          },
          { withinMs, seen: state },
        ),
      ),
    selectInCallStack: (match) =>
      step(`select ${match} in the call stack`, async () => {
        const index = await waitFor(
          `one ${match} in the call stack`,
          async () => {
            const rows = await callStack();
            const found = findOne(rows, (row) => row.text, match);
            return found && rows.indexOf(found);
          },
          { seen: callStack },
        );
        await stackRows.nth(index).click();
      }),
    toggleBreakpoint: (line) =>
      step(`toggle the breakpoint in line ${line}`, async () => {
        const hasOne = async () =>
          (await textEditor.lines()).some(
            (entry) => entry.line === line && entry.gutter.some(isBreakpoint),
          );
        const before = await hasOne();
        const isToggled = async () => (await hasOne()) !== before;
        const what = `a breakpoint toggled in line ${line}`;
        await textEditor.clickGutter(line);
        await until(what, isToggled, clickAgainMs).catch(() => textEditor.clickGutter(line));
        await until(what, isToggled, patienceMs);
      }),
    console: consoleLines,
    waitForConsole: (match, withinMs = patienceMs) =>
      step(`console shows ${match}`, () =>
        waitFor(
          `${match} in the console`,
          async () => (await consoleLines()).find((line) => matches(line, match)),
          { withinMs, seen: consoleLines },
        ),
      ),
    evaluate: (expression) =>
      step(`evaluate ${expression}`, async () => {
        await waitFor(`${expression} in the console's box`, async () => {
          await replInput.click();
          await page.keyboard.insertText(expression);
          const isTyped = async () => (await typedInRepl()) === expression || undefined;
          const typed = await waitFor("the text", isTyped, { withinMs: typedWithinMs }).catch(
            // The stop before has taken the focus, and the text, to its line.
            () => page.keyboard.press("Control+Z"),
          );
          return typed || undefined;
        });
        await page.keyboard.press("Enter");
      }),
  };
}

const isBreakpoint = (icon: string) => /^debug-breakpoint(?!-hint)/.test(icon);

/** Runs in the page. */
function readCallStack(elements: readonly PageElement[]): readonly CallStackRow[] {
  const textOf = (element: PageElement | null) =>
    (element?.textContent ?? "").replaceAll("\u00a0", " ").trim();
  return elements.map((element) => {
    const session = element.querySelector(".session");
    const thread = element.querySelector(".thread");
    const frame = element.querySelector(".stack-frame");
    const named = element.querySelector(frame ? ".label.expression" : ".name");
    return {
      kind: session ? "session" : thread ? "thread" : frame ? "frame" : "other",
      text: textOf(named ?? element.querySelector(".monaco-tl-contents")),
      state: textOf(element.querySelector(".state.label")),
      file: textOf(element.querySelector(".file-name")),
      position: textOf(element.querySelector(".line-number")),
      level: Number(element.getAttribute("aria-level")),
    };
  });
}

/** Runs in the page. */
function readConsole(elements: readonly PageElement[]): readonly string[] {
  return elements.map((element) => {
    const value = element.querySelector(".value") ?? element.querySelector(".expression");
    return ((value ?? element).textContent ?? "").replaceAll("\u00a0", " ").trim();
  });
}
