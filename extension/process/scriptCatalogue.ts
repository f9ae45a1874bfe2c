import { type CdpSession, ProtocolError } from "./cdpSession.ts";

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
  /** The text that runs, null when V8 no longer has it. Rejects when the thread gives no answer. */
  source(scriptId: number): Promise<string | null>;
}

/** Does what asks the thread when it is its turn: texts are asked for long after the list. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Lists a thread's scripts through a short `Debugger.enable`, which replays them; while it lasts (some
 * ten milliseconds) promises run slower, so nobody keeps it on. Pauses are skipped for our session first.
 */
export async function readScripts(
  connect: () => Promise<CdpSession>,
  deadlineMs: number,
  inTurn: InTurn = (work) => work(),
): Promise<ScriptCatalogue> {
  const scripts: LoadedScript[] = [];
  await withDebugger(
    connect,
    deadlineMs,
    async (session) => void session,
    (script) => scripts.push(script),
  );
  return { scripts, isComplete: true, source: sourceReader(connect, deadlineMs, inTurn) };
}

interface WantedSource {
  readonly scriptId: number;
  resolve(text: string | null): void;
  reject(error: unknown): void;
}

/**
 * All sessions to a thread are one to V8, where `Debugger.disable` counts for all of them: a text that
 * is asked for while others are read is read with them, under the same `Debugger.enable`.
 */
function sourceReader(
  connect: () => Promise<CdpSession>,
  deadlineMs: number,
  inTurn: InTurn,
): ScriptCatalogue["source"] {
  const wanted: WantedSource[] = [];
  let isReading = false;

  const readTogether = async () => {
    const asked = new Set<WantedSource>();
    const texts = new Map<WantedSource, string | null>();
    let failure: unknown;
    try {
      await withDebugger(connect, deadlineMs, async (session) => {
        while (wanted.length > 0) {
          const batch = wanted.splice(0);
          for (const one of batch) asked.add(one);
          await Promise.all(
            batch.map(async (one) =>
              texts.set(one, await textOf(session, one.scriptId, deadlineMs)),
            ),
          );
        }
      });
    } catch (error) {
      failure = error;
      for (const one of wanted.splice(0)) asked.add(one);
    }
    for (const one of asked) {
      const text = texts.get(one);
      if (text === undefined) one.reject(failure);
      else one.resolve(text);
    }
  };

  const readAll = async () => {
    isReading = true;
    while (wanted.length > 0) await inTurn(readTogether);
    isReading = false;
  };

  return (scriptId) =>
    new Promise((resolve, reject) => {
      wanted.push({ scriptId, resolve, reject });
      if (!isReading) void readAll();
    });
}

async function textOf(
  session: CdpSession,
  scriptId: number,
  deadlineMs: number,
): Promise<string | null> {
  try {
    const { scriptSource } = await session.send(
      "Debugger.getScriptSource",
      { scriptId: String(scriptId) },
      deadlineMs,
    );
    return scriptSource;
  } catch (error) {
    // V8 no longer has that one.
    if (error instanceof ProtocolError) return null;
    throw error;
  }
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
