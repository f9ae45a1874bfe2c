import { noAnswer, notADebuggerProxy } from "../protocol/processErrors.ts";
import type { CdpSession } from "./cdpSession.ts";
import { connectCdp, NoAnswerError, ProtocolError, type RawCdpSession } from "./cdpSession.ts";
import type { InTurn, LoadedScript, ScriptCatalogue } from "./scriptCatalogue.ts";
import { objectGroups, ownScript, quietly } from "./stackProbe.ts";

/**
 * js-debug lends the connection of its own session (`extension.js-debug.requestCDPProxy`). What is switched
 * there is switched for the user's debugger: these would take its breakpoints, console or workers away.
 */
const debuggersOwn =
  /^(?:Debugger\.(?:enable|disable|pause|resume|set|remove|step)|(?:Runtime|HeapProfiler)\.(?:enable|disable)$|NodeWorker\.)/;

/** Without asking for them, no events come; a capture's text comes as events. */
const wantedEvents = [
  "HeapProfiler.addHeapSnapshotChunk",
  "HeapProfiler.reportHeapSnapshotProgress",
];

const releaseDeadlineMs = 300;

/**
 * Connects to the proxy of a debugger. Beyond a session's usual promises: closing it does not withdraw
 * what was asked, because the debugger's session goes on; what we hold in the process is given back first.
 * Rejects with UserError.
 */
export async function connectDebuggerProxy(
  url: string,
  deadlineMs: number,
): Promise<RawCdpSession> {
  const session = await connectCdp(url, deadlineMs);
  try {
    await session.sendRaw("JsDebug.subscribe", { events: wantedEvents }, deadlineMs);
  } catch (error) {
    await session.close();
    const label = new URL(url).host;
    if (error instanceof NoAnswerError) throw noAnswer(label, "who it is", deadlineMs);
    if (error instanceof ProtocolError) throw notADebuggerProxy(label);
    throw error;
  }
  const sendRaw: RawCdpSession["sendRaw"] = async (method, parameters, sendDeadlineMs) => {
    if (debuggersOwn.test(method)) throw new ProtocolError(`${method} is the debugger's own`);
    return session.sendRaw(method, parameters, sendDeadlineMs);
  };
  return {
    ...session,
    sendRaw,
    send: (method, parameters, sendDeadlineMs) =>
      sendRaw(method, parameters ?? {}, sendDeadlineMs) as Promise<never>,
    get isClosed() {
      return session.isClosed;
    },
    async close() {
      if (session.isClosed) return;
      const releases = Object.values(objectGroups).map((objectGroup) =>
        session.sendRaw("Runtime.releaseObjectGroup", { objectGroup }, releaseDeadlineMs),
      );
      await Promise.allSettled(releases);
      await session.close();
    },
  };
}

/**
 * The scripts that can be named through a debugger's session: listing them all would need a
 * `Debugger.enable` of our own. Those on the stack right now are known by name, any other by its id only.
 */
export async function readProxyScripts(
  connect: () => Promise<CdpSession>,
  deadlineMs: number,
  inTurn: InTurn,
): Promise<ScriptCatalogue> {
  const ask = async <Result>(question: (session: CdpSession) => Promise<Result>) => {
    const session = await connect();
    try {
      return await question(session);
    } finally {
      await session.close();
    }
  };
  const { exceptionDetails } = await ask((session) =>
    session.send("Runtime.evaluate", { expression: ownScript("throw 0"), ...quietly }, deadlineMs),
  );
  const scripts = (exceptionDetails?.stackTrace?.callFrames ?? []).map(
    ({ scriptId, url }): LoadedScript => ({
      scriptId: Number(scriptId),
      url,
      sourceMapUrl: null,
      length: -1,
    }),
  );
  return {
    scripts,
    isComplete: false,
    async source(scriptId) {
      try {
        const parameters = { scriptId: String(scriptId) };
        const { scriptSource } = await inTurn(() =>
          ask((session) => session.send("Debugger.getScriptSource", parameters, deadlineMs)),
        );
        return scriptSource;
      } catch (error) {
        if (error instanceof ProtocolError) return null;
        throw error;
      }
    },
  };
}
