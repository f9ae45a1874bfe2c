import { listeningSockets } from "../../../extension/process/procFiles.ts";
import { matches, patienceMs } from "./waiting.ts";
import type { Workbench } from "./workbench.ts";

const askAgainMs = 500;

/** A program that is debugged in the editor, and what it said of itself in the Debug Console. */
export interface Debuggee {
  readonly pid: number;
  /** Where its own server listens. */
  readonly port: number;
  /** `host:port` of the inspector that the debugger uses. */
  readonly inspector: string;
}

/** Waits until the debugged program has said that it is ready. */
export async function waitForDebuggee({ debug }: Workbench): Promise<Debuggee> {
  const said = async (match: RegExp) =>
    JSON.parse(await debug.waitForConsole(match)) as {
      readonly pid: number;
      readonly port: number;
    };
  const { port } = await said(/"port":/);
  const { pid } = await said(/"ready":true/);
  const [inspector] = listeningSockets(pid).filter(({ localPort }) => localPort !== port);
  if (!inspector) throw new Error(`process ${pid} has no inspector`);
  return { pid, port, inspector: `${inspector.localHost}:${inspector.localPort}` };
}

/** What the program's server answers: its loop turns. */
export async function askProgram(port: number, withinMs = patienceMs): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    signal: AbortSignal.timeout(withinMs),
  });
  return response.text();
}

/** Asks again and again: what is asked before V8 has been told of a breakpoint is answered without a stop. */
function keepAsking(port: number): { stop(): Promise<void> } {
  let isWanted = true;
  const ask = async () => {
    while (isWanted) {
      await askProgram(port, 2 * patienceMs);
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  };
  const asking = ask();
  // It is awaited later; until then a failing step must not leave it alone.
  asking.catch(() => {});
  return {
    stop() {
      isWanted = false;
      return asking;
    },
  };
}

/** The debugger stops at this line when the program's server is asked, and goes on with the answer. */
export async function expectBreakpointHit(
  { debug, editor, step }: Workbench,
  { file, line, port }: { readonly file: string; readonly line: number; readonly port: number },
): Promise<void> {
  await editor.open(file, line);
  await debug.toggleBreakpoint(line);
  const asking = keepAsking(port);
  await debug.waitUntilStopped();
  const answered = asking.stop();
  await step("the program stands at the breakpoint", () =>
    editor.waitForLine(
      "the stop",
      (one) => one.line === line && one.marks.some((mark) => matches(mark, /top-stack-frame/)),
    ),
  );
  await debug.toggleBreakpoint(line);
  await debug.press("Continue");
  await debug.waitUntilRunning();
  await answered;
}
