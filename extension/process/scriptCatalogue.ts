import type { CdpSession } from "./cdpSession.ts";

/** A script that V8 has compiled in one thread. */
export interface LoadedScript {
  readonly scriptId: number;
  /** Path, `file://` URL, `node:` name, or empty for evaluated text. */
  readonly url: string;
  readonly sourceMapUrl: string | null;
  /** In UTF-16 units. */
  readonly length: number;
}

/** The scripts of one thread at one moment. */
export interface ScriptCatalogue {
  readonly scripts: readonly LoadedScript[];
  /** Whether `scripts` are all of them; else `source` may know an id that is not among them. */
  readonly isComplete: boolean;
  /** The text that runs, null when V8 no longer has it or the thread doesn't answer. */
  source(scriptId: number): Promise<string | null>;
}

/**
 * Lists a thread's scripts through a short `Debugger.enable`, which replays them; while it lasts (some
 * ten milliseconds) promises run slower, so nobody keeps it on. Pauses are skipped for our session first.
 */
export async function readScripts(
  connect: () => Promise<CdpSession>,
  deadlineMs: number,
): Promise<ScriptCatalogue> {
  const scripts: LoadedScript[] = [];
  await withDebugger(
    connect,
    deadlineMs,
    async (session) => void session,
    (script) => scripts.push(script),
  );
  return {
    scripts,
    isComplete: true,
    async source(scriptId) {
      try {
        return await withDebugger(connect, deadlineMs, async (session) => {
          const { scriptSource } = await session.send(
            "Debugger.getScriptSource",
            { scriptId: String(scriptId) },
            deadlineMs,
          );
          return scriptSource;
        });
      } catch {
        // The positions stay generated ones: a report without source lines beats no report.
        return null;
      }
    },
  };
}

async function withDebugger<Result>(
  connect: () => Promise<CdpSession>,
  deadlineMs: number,
  use: (session: CdpSession) => Promise<Result>,
  onScript: (script: LoadedScript) => void = () => {},
): Promise<Result> {
  const session = await connect();
  try {
    session.on("Debugger.scriptParsed", ({ scriptId, url, sourceMapURL, length }) =>
      onScript({
        scriptId: Number(scriptId),
        url,
        sourceMapUrl: sourceMapURL || null,
        length: length ?? -1,
      }),
    );
    await session.send("Debugger.setSkipAllPauses", { skip: true }, deadlineMs);
    await session.send("Debugger.enable", {}, deadlineMs);
    const result = await use(session);
    await session.send("Debugger.disable", undefined, deadlineMs);
    return result;
  } finally {
    await session.close();
  }
}
