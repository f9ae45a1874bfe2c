import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { withDeadline } from "../../base/deadline.ts";
import type { OpenTargetRequest } from "../../protocol/analysisApi.ts";
import {
  forwardedUrl,
  parseProcessAnswer,
  pidInName,
  type SessionProcess,
  sessionProcessExpression,
} from "./sessionProcess.ts";
import type { FolderMapping, WantedTarget } from "./watchedTarget.ts";

/** The debug types of the editor's own JavaScript debugger that run in Node. */
const javascriptTypes: ReadonlySet<string> = new Set([
  "pwa-node",
  "node",
  "node-terminal",
  "pwa-extensionHost",
  "extensionHost",
]);

/** The root session of a launch never answers, and a busy one may not: every question has an end. */
const answerMs = 2000;
const startMs = 5000;
const startPollMs = 50;
const proxyCommand = "extension.js-debug.requestCDPProxy";

/** The JavaScript debug sessions that run; an extension can ask the editor only for the active one. */
export class DebugSessions implements vscode.Disposable {
  readonly #sessions = new Map<string, vscode.DebugSession>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(onEnd: (session: vscode.DebugSession) => void) {
    const add = (session: vscode.DebugSession) => {
      if (javascriptTypes.has(session.type)) this.#sessions.set(session.id, session);
    };
    for (
      let session = vscode.debug.activeDebugSession;
      session !== undefined;
      session = session.parentSession
    )
      add(session);
    this.#subscriptions = [
      vscode.debug.onDidStartDebugSession(add),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (this.#sessions.delete(session.id)) onEnd(session);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The processes of every session: those that were launched or attached to, and what they started. */
  async processes(): Promise<readonly WantedTarget[]> {
    const roots = [...this.#sessions.values()].filter(({ parentSession }) => !parentSession);
    await Promise.all(roots.map((root) => this.#untilStarted(root)));
    const children = [...this.#sessions.values()].filter(({ parentSession }) => parentSession);
    const asked = await Promise.all(
      children.map(async (session) => ({ session, process: await askProcess(session) })),
    );
    // A worker thread is a session of its own; the process it belongs to is asked for its threads.
    return asked
      .filter(({ session, process }) => process?.isMainThread ?? !isWorkerName(session.name))
      .map(({ session }) => wantedProcess(session, rootOf(session)));
  }

  /** A launch is a session at once, and its process another one as soon as it runs. */
  async #untilStarted(root: vscode.DebugSession): Promise<void> {
    const deadline = performance.now() + startMs;
    const hasProcess = () => [...this.#sessions.values()].some((one) => one.parentSession === root);
    while (this.#sessions.has(root.id) && !hasProcess() && performance.now() < deadline) {
      await sleep(startPollMs);
    }
  }
}

export const keyOfSession = (session: vscode.DebugSession): string => `session:${session.id}`;

function rootOf(session: vscode.DebugSession): vscode.DebugSession {
  let root = session;
  while (root.parentSession) root = root.parentSession;
  return root;
}

/** Only for a session that doesn't answer: js-debug names a thread so. */
const isWorkerName = (name: string): boolean => name.startsWith("[worker ");

function wantedProcess(session: vscode.DebugSession, root: vscode.DebugSession): WantedTarget {
  const folders = foldersOf(root.configuration);
  return {
    key: keyOfSession(session),
    title: session.name.split(" « ")[0] ?? session.name,
    routes: () => routesTo(session, root),
    ...(folders && { folders }),
  };
}

/**
 * Directly to the address that the process names; to the same one where the launch configuration says
 * that it is forwarded; and through the debugger's own connection, which is slower.
 */
async function* routesTo(
  session: vscode.DebugSession,
  root: vscode.DebugSession,
): AsyncGenerator<Omit<OpenTargetRequest, "timeoutMs">> {
  const process = await askProcess(session);
  if (process?.url) {
    yield { target: process.url };
    const forwarded = forwardedUrl(process.url, root.configuration);
    if (forwarded) yield { target: forwarded };
  }
  // A process in native code answers nobody, but the operating system shows what it waits for.
  const pid = root.configuration["request"] === "launch" ? pidInName(session.name) : null;
  if (!process && pid !== null) yield { target: String(pid) };
  const proxy = await askProxy(session);
  if (proxy) yield { target: proxy, proxy };
}

function foldersOf(configuration: Readonly<Record<string, unknown>>): FolderMapping | null {
  const { remoteRoot, localRoot } = configuration;
  return typeof remoteRoot === "string" && typeof localRoot === "string"
    ? { remote: remoteRoot, local: localRoot }
    : null;
}

async function askProcess(session: vscode.DebugSession): Promise<SessionProcess | null> {
  const answer = await inTime(
    session.customRequest("evaluate", { expression: sessionProcessExpression, context: "repl" }),
  );
  return parseProcessAnswer(answer);
}

async function askProxy(session: vscode.DebugSession): Promise<string | null> {
  const answer = await inTime(vscode.commands.executeCommand(proxyCommand, session.id));
  if (typeof answer !== "object" || answer === null) return null;
  const { host, port, path } = answer as Readonly<Record<string, unknown>>;
  if (typeof host !== "string" || typeof port !== "number") return null;
  return `ws://${host.includes(":") ? `[${host}]` : host}:${port}${typeof path === "string" ? path : ""}`;
}

/** Null when there is no answer, or an error: there is always another way to try. */
const inTime = (question: Thenable<unknown>): Promise<unknown> =>
  withDeadline(Promise.resolve(question), answerMs, () => new Error("no answer")).catch(() => null);
