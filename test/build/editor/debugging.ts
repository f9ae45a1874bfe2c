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

const mostSessions = 8;

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
  const state = async () => ({ callStack: await callStack(), console: await consoleLines() });

  const until = (what: string, isSo: () => Promise<boolean>, withinMs: number) =>
    waitFor(what, async () => (await isSo()) || undefined, { withinMs, seen: state });

  /** Right after the start of the editor nothing listens to the key yet. */
  async function pressF5(): Promise<void> {
    for (let attempt = 1; attempt <= 3; attempt++) {
      await page.keyboard.press("F5");
      const isStarted = await toolbar.waitFor({ timeout: 4000 }).then(
        () => true,
        () => false,
      );
      if (isStarted) return;
    }
  }

  return {
    start: (configuration) =>
      step(`start debugging ${configuration ?? ""}`, async () => {
        if (configuration === undefined) {
          await pressF5();
        } else {
          await quickInput.runCommand("Debug: Select and Start Debugging");
          await quickInput.choose(configuration);
        }
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
        for (let attempt = 0; attempt < mostSessions; attempt++) {
          if ((await toolbar.count()) === 0) return;
          // It ends the session in front; the next one comes there.
          const before = await callStack();
          await quickInput.runCommand("Debug: Stop");
          const isFewer = async () =>
            (await toolbar.count()) === 0 || (await callStack()).length < before.length;
          await until("fewer sessions", isFewer, 5_000).catch(() => {});
        }
        await until("the end", async () => (await toolbar.count()) === 0, patienceMs);
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
          `${match} in the call stack`,
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
        await textEditor.clickGutter(line);
        await until(
          `a breakpoint toggled in line ${line}`,
          async () => (await hasOne()) !== before,
          patienceMs,
        );
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
        await page.locator(".repl-input-wrapper .monaco-editor").click();
        await page.keyboard.insertText(expression);
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
