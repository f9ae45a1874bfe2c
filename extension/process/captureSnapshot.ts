import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { captureFailed, lostTarget } from "../protocol/processErrors.ts";
import {
  type CdpSession,
  ConnectionLostError,
  NoAnswerError,
  ProtocolError,
} from "./cdpSession.ts";
import type { BorrowedSession } from "./sharedSession.ts";
import {
  builtinModule,
  lastResultGroup,
  marked,
  objectGroups,
  ownScript,
  quietly,
  stackProbeKey,
  useLastResult,
} from "./stackProbe.ts";

/** Takes the snapshot's bytes as they arrive. */
export interface SnapshotSink {
  /** A way of capturing begins: what an earlier one gave is void. */
  begin(): void;
  push(bytes: Uint8Array): void;
}

export interface CaptureOptions {
  readonly sink: SnapshotSink;
  readonly signal: AbortSignal;
  /** 0 … 1 of the building, null while the text arrives. */
  onProgress(fraction: number | null): void;
  /** A thread that is stuck serves the inspector's own capture only on Node 20. */
  readonly threadIsStuck: boolean;
  /** Longest time for the answer to a small question, in milliseconds. */
  readonly answerMs: number;
  /** Longest silence that is waited for, in milliseconds: at first, and later between two signs of life. */
  readonly firstSignMs: number;
  readonly silenceMs: number;
}

export interface Captured {
  readonly answeredBy: string;
  /** How long the thread stood still for us, in milliseconds. */
  readonly pauseMs: number;
  readonly bytes: number;
}

export interface CaptureSource {
  readonly label: string;
  connect(): Promise<BorrowedSession>;
  /** False where a debugger lends its own session. */
  readonly isOurSession: boolean;
  /** The process sees the same files as we do. */
  readonly sharesFiles: boolean;
}

type Rung = {
  readonly name: string;
  capture(
    session: BorrowedSession,
    options: CaptureOptions & Pick<CaptureSource, "isOurSession">,
    push: (text: string) => void,
  ): Promise<void>;
};

/**
 * Takes a heap snapshot by the first way that works. Each has a connection of its own, and closing it
 * withdraws what was asked. Rejects with UserError, or with the signal's reason when cancelled.
 */
export async function captureSnapshot(
  source: CaptureSource,
  options: CaptureOptions,
): Promise<Captured> {
  const reasons: string[] = [];
  const ways = options.threadIsStuck
    ? [evaluatedStream, profilerStream]
    : [profilerStream, evaluatedStream];
  if (source.sharesFiles) ways.push(temporaryFile);
  for (const way of ways) {
    options.signal.throwIfAborted();
    const session = await source.connect();
    const closeOnAbort = () => void session.close();
    options.signal.addEventListener("abort", closeOnAbort);
    const start = performance.now();
    let bytes = 0;
    let sinkFailure: unknown;
    options.sink.begin();
    try {
      await checkAnswers(session, options.answerMs);
      const { isOurSession } = source;
      await way.capture(session, { ...options, isOurSession }, (text) => {
        const chunk = Buffer.from(text, "utf8");
        bytes += chunk.length;
        try {
          options.sink.push(chunk);
        } catch (error) {
          sinkFailure ??= error;
          closeOnAbort();
        }
      });
      if (sinkFailure !== undefined) throw sinkFailure;
      return { answeredBy: way.name, pauseMs: performance.now() - start, bytes };
    } catch (error) {
      options.signal.throwIfAborted();
      if (sinkFailure !== undefined) throw sinkFailure;
      if (error instanceof ConnectionLostError)
        throw lostTarget(source.label, "its heap snapshot was taken");
      if (!(error instanceof NoAnswerError || error instanceof ProtocolError)) throw error;
      reasons.push(`${way.name}: ${error.message}`);
      if (error instanceof SilentThreadError) break;
    } finally {
      options.signal.removeEventListener("abort", closeOnAbort);
      await session.close();
    }
  }
  throw captureFailed(source.label, reasons.join("; "));
}

/** The thread answers nothing: no other way would be answered either. */
class SilentThreadError extends NoAnswerError {}

/**
 * Measured on all versions: an evaluation that arrives while native code runs is done when that
 * returns, and on Node 20 a capture as well, even if our connection is closed long before. So nothing
 * that costs anything is sent to a thread that hasn't just answered.
 */
async function checkAnswers(session: CdpSession, deadlineMs: number): Promise<void> {
  try {
    await askSomething(session, deadlineMs);
  } catch (error) {
    if (error instanceof NoAnswerError) throw new SilentThreadError("the thread gives no answer");
    throw error;
  }
}

/** The thread itself answers, without running anything of ours. */
const askSomething = (session: CdpSession, deadlineMs: number): Promise<unknown> =>
  session.send("Runtime.getHeapUsage", undefined, deadlineMs);

const profilerStream: Rung = {
  name: "HeapProfiler.takeHeapSnapshot",
  async capture(session, { onProgress, firstSignMs, silenceMs }, push) {
    const watch = watchSilence(firstSignMs);
    session.on("HeapProfiler.reportHeapSnapshotProgress", ({ done, total }) => {
      watch.heard(silenceMs);
      onProgress(total > 0 ? Math.min(1, done / total) : null);
    });
    session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
      watch.heard(silenceMs);
      push(chunk);
    });
    const check = checkLoopTurns(session, watch, firstSignMs);
    try {
      await Promise.race([
        session.send(
          "HeapProfiler.takeHeapSnapshot",
          { reportProgress: true, captureNumericValue: false },
          longestCaptureMs,
        ),
        watch.tooLong,
        check.failed,
      ]);
      // Else its request would count as one without an answer.
      await Promise.race([check.ended, sleep(graceMs)]);
    } finally {
      watch.stop();
    }
  },
};

/** An event loop that turns begins within this time, at least to collect, and then it answers nobody. */
const beginMs = 1200;
const graceMs = 300;

/**
 * From Node 22 on the profiler's capture is a task of the event loop, while an evaluation is served as
 * an interrupt: when that is answered and the capture hasn't begun, the thread is stuck after all. It
 * can get stuck by our asking: a first collection makes cleanup callbacks run.
 */
function checkLoopTurns(session: CdpSession, watch: SilenceWatch, deadlineMs: number) {
  const check = async (): Promise<boolean> => {
    await sleep(beginMs, undefined, { signal: watch.signal });
    await askSomething(session, deadlineMs);
    await sleep(graceMs, undefined, { signal: watch.signal });
    return !watch.signal.aborted;
  };
  // The capture itself meets the same failure as the question, and says more of it.
  const isStuck = check().catch(() => false);
  const failed = new Promise<never>((_, reject) => {
    void isStuck.then((stuck) => {
      if (stuck) reject(new NoAnswerError("its event loop does not turn"));
    });
  });
  return { failed, ended: isStuck };
}

/** No capture that still gives signs of life is given up before this. */
const longestCaptureMs = 60 * 60 * 1000;
const readCharacters = 4 * 1024 * 1024;

/**
 * An evaluation is an interrupt: it is served in the middle of a callback that spins or waits, on all
 * versions, with the process not paused and no file written. The stream lives as a remote object of
 * our session, so it goes with the connection if we are killed.
 */
const evaluatedStream: Rung = {
  name: "v8.getHeapSnapshot by interrupt",
  async capture(session, { onProgress, silenceMs, isOurSession }, push) {
    onProgress(null);
    const objectGroup = isOurSession ? lastResultGroup : objectGroups.capture;
    // What was `$_` so far is released below with the whole group.
    if (isOurSession) session.forget(stackProbeKey);
    const { result, exceptionDetails } = await session.send(
      "Runtime.evaluate",
      {
        expression: ownScript(marked(`${builtinModule("v8")}.getHeapSnapshot()`)),
        includeCommandLineAPI: true,
        ...quietly,
        objectGroup,
      },
      silenceMs,
    );
    const objectId = result.objectId;
    if (exceptionDetails || !objectId) throw new ProtocolError("getHeapSnapshot failed");
    try {
      for (;;) {
        const part = await (isOurSession
          ? readLastResult(session, silenceMs)
          : readObject(session, objectId, silenceMs));
        if (part.exceptionDetails) throw new ProtocolError("reading the snapshot failed");
        const { value } = part.result;
        if (value === null) return;
        if (typeof value !== "string") throw new ProtocolError("the snapshot can't be read");
        push(value);
      }
    } finally {
      await session
        .send("Runtime.releaseObjectGroup", { objectGroup }, releaseDeadlineMs)
        // Closing the session releases it as well.
        .catch(() => {});
    }
  },
};

const readFunction = `(stream) => {
  const part = stream.read(${readCharacters}) ?? stream.read(Math.min(${readCharacters}, stream.readableLength));
  return part === null ? null : part.toString("latin1");
}`;

const readLastResult = (session: CdpSession, deadlineMs: number) =>
  session.send(
    "Runtime.evaluate",
    {
      expression: ownScript(useLastResult(`(${readFunction})($_)`)),
      includeCommandLineAPI: true,
      returnByValue: true,
      ...quietly,
    },
    deadlineMs,
  );

/** In a debugger's session `$_` is its user's. No other client has to let the thread go on there. */
const readObject = (session: CdpSession, objectId: string, deadlineMs: number) =>
  session.send(
    "Runtime.callFunctionOn",
    {
      objectId,
      functionDeclaration: `function () { return (${readFunction})(this); }`,
      returnByValue: true,
      silent: true,
    },
    deadlineMs,
  );

const releaseDeadlineMs = 500;
const folderPrefix = "leakline-snapshot-";

/** The last way: a file in a folder of ours that nobody else can read, deleted at once. */
const temporaryFile: Rung = {
  name: "v8.writeHeapSnapshot",
  async capture(session, { onProgress, silenceMs }, push) {
    onProgress(null);
    const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
    try {
      const path = join(folder, "heap.heapsnapshot");
      const { exceptionDetails } = await session.send(
        "Runtime.evaluate",
        {
          expression: ownScript(
            `${builtinModule("v8")}.writeHeapSnapshot(${JSON.stringify(path)})`,
          ),
          includeCommandLineAPI: true,
          ...quietly,
        },
        silenceMs,
      );
      if (exceptionDetails) throw new ProtocolError("writeHeapSnapshot failed");
      const file = await open(path);
      for await (const chunk of file.createReadStream({
        encoding: "latin1",
        highWaterMark: 1 << 20,
      })) {
        push(String(chunk));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Deletes what an earlier Leakline that was killed could not. */
export async function removeAbandonedFiles(isAlive: (pid: number) => boolean): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const owner = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
    }
  }
}

interface SilenceWatch {
  heard(nextMs: number): void;
  /** Rejects when nothing is heard for too long. */
  readonly tooLong: Promise<never>;
  /** Aborted as soon as something was heard, or nobody listens any more. */
  readonly signal: AbortSignal;
  stop(): void;
}

function watchSilence(firstSignMs: number): SilenceWatch {
  let timer: NodeJS.Timeout | undefined;
  let give: (error: Error) => void = () => {};
  const isOver = new AbortController();
  const tooLong = new Promise<never>((_, reject) => {
    give = reject;
  });
  tooLong.catch(() => {});
  const wait = (nextMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(
      () => give(new NoAnswerError(`nothing was heard for ${Math.round(nextMs)} ms`)),
      nextMs,
    );
  };
  wait(firstSignMs);
  return {
    tooLong,
    signal: isOver.signal,
    heard(nextMs) {
      isOver.abort();
      wait(nextMs);
    },
    stop() {
      isOver.abort();
      clearTimeout(timer);
    },
  };
}
