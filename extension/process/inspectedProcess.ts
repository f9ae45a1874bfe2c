import { setTimeout as sleep } from "node:timers/promises";
import type { CloseOutcome } from "../protocol/analysisApi.ts";
import { lostTarget, needsLinux, noAnswer, wrongProcess } from "../protocol/processErrors.ts";
import type { ThreadObservation } from "../protocol/threadObservation.ts";
import { type CaptureEstimate, estimateCapture } from "./captureEstimate.ts";
import {
  type Captured,
  type CaptureOptions,
  captureSnapshot,
  removeAbandonedFiles,
} from "./captureSnapshot.ts";
import { type CdpSession, ConnectionLostError, connectCdp, NoAnswerError } from "./cdpSession.ts";
import { closeInspector } from "./closeInspector.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { inNativeCode, readNativeWait, waitsForChild } from "./nativeWait.ts";
import { checkNodeProcess } from "./nodeProgram.ts";
import { observeThread } from "./observeThread.ts";
import { openInspector } from "./openInspector.ts";
import {
  asleepMsOf,
  hasProc,
  kernelFunctionOf,
  listeningSockets,
  readCommandLine,
  readStat,
} from "./procFiles.ts";
import { readScripts, type ScriptCatalogue } from "./scriptCatalogue.ts";
import { formatAddress, isLoopback, type TargetAddress } from "./targetAddress.ts";
import { openWorkerSessions } from "./workerSessions.ts";

export interface OpenProcessOptions {
  /** Longest time for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Told before something that can't be taken back. */
  onNotice(text: string): void;
}

export interface ProcessDescription {
  readonly label: string;
  readonly pid: number | null;
  readonly address: string | null;
  readonly command: string | null;
  readonly nodeVersion: string | null;
  readonly inspectorOpenedByLeakline: boolean;
}

/** A running Node process to ask. Every method has deadlines and rejects with UserError. */
export interface InspectedProcess {
  readonly description: ProcessDescription;
  /** SIGUSR1 was sent and will open the inspector once native code returns. */
  readonly signalPending: boolean;
  /** All threads, the main one first; one that doesn't answer never holds up the others. */
  look(): Promise<readonly ThreadObservation[]>;
  /** One thread again. */
  observe(threadId: number): Promise<ThreadObservation>;
  scripts(threadId: number): Promise<ScriptCatalogue>;
  heapBytes(threadId: number): Promise<number | null>;
  estimate(heapBytes: number): CaptureEstimate;
  capture(
    threadId: number,
    options: Pick<CaptureOptions, "sink" | "signal" | "onProgress" | "threadIsStuck">,
  ): Promise<Captured>;
  /** Closes the inspector if we opened it. Never rejects. */
  close(): Promise<CloseOutcome>;
}

interface Reached {
  readonly pid: number | null;
  /** Null when native code keeps the inspector closed. */
  readonly webSocketUrl: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly openedByUs: boolean;
  readonly signalPending: boolean;
  readonly asleepBeforeMs: number | null;
}

/** Reaches a live process and makes sure that it is the one that was meant. Rejects with UserError. */
export async function openProcess(
  address: Exclude<TargetAddress, { kind: "file" }>,
  options: OpenProcessOptions,
): Promise<InspectedProcess> {
  await removeAbandonedFiles((pid) => readStat(pid) !== null);
  const reached = await reach(address, options);
  if (reached.webSocketUrl === null) return makeProcess(reached, null, options);
  try {
    const identity = await identify(reached.webSocketUrl, reached, options.timeoutMs);
    if (address.kind === "pid" && identity && identity.pid !== address.pid) {
      throw wrongProcess(addressText(reached) ?? "", address.pid, identity.pid);
    }
    return makeProcess(reached, identity, options);
  } catch (error) {
    if (reached.openedByUs) await closeInspector(reached.webSocketUrl, reached.pid, reached.port);
    throw error;
  }
}

async function reach(
  address: Exclude<TargetAddress, { kind: "file" }>,
  { timeoutMs, onNotice }: OpenProcessOptions,
): Promise<Reached> {
  const none = { pid: null, openedByUs: false, signalPending: false, asleepBeforeMs: null };
  if (address.kind === "websocket") {
    const { hostname, port } = new URL(address.url);
    return {
      ...none,
      webSocketUrl: address.url,
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || null,
    };
  }
  if (address.kind === "inspector") {
    const { host, port } = address;
    const [first] = await listInspectorTargets(host, port, timeoutMs);
    return { ...none, webSocketUrl: first.webSocketUrl, host, port };
  }
  if (!hasProc()) throw needsLinux("Reaching a process by its pid");
  const { pid } = address;
  checkNodeProcess(pid);
  const asleepBeforeMs = waitsOnLock(pid) ? asleepMsOf(pid) : null;
  const opened = await openInspector(pid, timeoutMs, onNotice);
  if (opened.kind === "native") {
    return {
      ...none,
      pid,
      webSocketUrl: null,
      host: "127.0.0.1",
      port: null,
      signalPending: opened.signalPending,
    };
  }
  const { host, port } = opened.address;
  const [first] = await listInspectorTargets(host, port, timeoutMs);
  const { webSocketUrl } = first;
  return { ...none, pid, webSocketUrl, host, port, openedByUs: opened.openedByUs, asleepBeforeMs };
}

/** Only in `Atomics.wait` does JavaScript itself sleep; an event loop that sleeps is idle, not blocked. */
const waitsOnLock = (pid: number): boolean => /futex/.test(kernelFunctionOf(pid) ?? "");

const addressText = ({ host, port }: Reached): string | null =>
  port === null ? null : formatAddress(host, port);

/** The process behind an address, null when it gives no answer. */
async function identify(webSocketUrl: string, reached: Reached, timeoutMs: number) {
  const label = addressText(reached) ?? webSocketUrl;
  const session = await connect(webSocketUrl, label, timeoutMs);
  const stopWaiting = new AbortController();
  try {
    const { result } = await Promise.race([
      session.send(
        "Runtime.evaluate",
        {
          expression:
            "JSON.stringify([process.pid, process.version, [process.execPath, ...process.argv.slice(1)].join(' ')])",
          returnByValue: true,
          silent: true,
        },
        timeoutMs,
      ),
      hopeless(reached.pid)(stopWaiting.signal),
    ]);
    const answer: unknown = JSON.parse(typeof result.value === "string" ? result.value : "[]");
    const [pid, version, command] = Array.isArray(answer) ? answer : [];
    if (typeof pid !== "number" || typeof version !== "string") return null;
    return { pid, version, command: typeof command === "string" ? command : null };
  } catch (error) {
    if (error instanceof NoAnswerError) {
      if (reached.pid === null) throw noAnswer(label, "who it is", timeoutMs);
      return null;
    }
    if (error instanceof ConnectionLostError) throw lostTarget(label, "it was asked who it is");
    throw error;
  } finally {
    stopWaiting.abort();
    await session.close();
  }
}

async function connect(webSocketUrl: string, label: string, timeoutMs: number) {
  try {
    return await connectCdp(webSocketUrl, timeoutMs);
  } catch (error) {
    if (error instanceof NoAnswerError) throw noAnswer(label, "the connection", timeoutMs);
    if (error instanceof ConnectionLostError) throw lostTarget(label, "connecting to it");
    throw error;
  }
}

const hopelessAfterMs = 500;
const hopelessPollMs = 60;

/** The operating system shows it when a main thread sleeps in native code: then no answer will come. */
function hopeless(pid: number | null) {
  return async (signal: AbortSignal): Promise<never> => {
    const never = new Promise<never>(() => {});
    if (pid === null) return never;
    let native = 0;
    await sleep(hopelessAfterMs);
    while (!signal.aborted) {
      const asleep = readStat(pid)?.state !== "R";
      native = asleep && (waitsForChild(pid) || inNativeCode(pid)) ? native + 1 : 0;
      if (native >= 4) throw new NoAnswerError("the main thread sleeps in native code");
      await sleep(hopelessPollMs);
    }
    return never;
  };
}

function makeProcess(
  reached: Reached,
  identity: Awaited<ReturnType<typeof identify>>,
  { timeoutMs }: OpenProcessOptions,
): InspectedProcess {
  const { webSocketUrl } = reached;
  const claimedPid = identity?.pid ?? reached.pid;
  const localPid =
    reached.pid ?? (claimedPid !== null && isLocal(reached, claimedPid) ? claimedPid : null);
  const label =
    claimedPid === null ? (addressText(reached) ?? webSocketUrl ?? "") : `process ${claimedPid}`;
  const connectMain = () => {
    if (webSocketUrl === null) throw noAnswer(label, "the inspector", timeoutMs);
    return connect(webSocketUrl, label, timeoutMs);
  };

  /** A worker's session closes together with the main one that carries it. */
  const connectThread = async (threadId: number): Promise<CdpSession> => {
    const main = await connectMain();
    if (threadId === 0) return main;
    const worker = (await openWorkerSessions(main, timeoutMs)).find(
      (one) => one.threadId === threadId,
    );
    if (!worker) {
      await main.close();
      throw lostTarget(`worker ${threadId} of ${label}`, "connecting to it");
    }
    return {
      ...worker.session,
      get isClosed() {
        return main.isClosed;
      },
      close: () => main.close(),
    };
  };

  const observeMain = async (): Promise<ThreadObservation> => {
    const observation =
      webSocketUrl === null
        ? silentMain
        : await observeThread(
            { threadId: 0, name: "main", connect: connectMain, hopeless: hopeless(localPid) },
            timeoutMs,
          );
    if (observation.state !== "silent")
      return { ...observation, asleepBeforeMs: reached.asleepBeforeMs };
    if (localPid === null) return observation;
    return {
      ...observation,
      state: webSocketUrl === null || inNativeCode(localPid) ? "native" : "silent",
      nativeWait: readNativeWait(localPid),
    };
  };

  const observeWorkers = async (): Promise<readonly ThreadObservation[]> => {
    if (webSocketUrl === null) return [];
    const main = await connectMain();
    try {
      const workers = await openWorkerSessions(main, Math.min(timeoutMs, workerListMs));
      return await Promise.all(
        workers.map(({ threadId, name, session }) =>
          observeThread(
            { threadId, name, connect: async () => keptOpen(session), hopeless: hopeless(null) },
            Math.min(timeoutMs, workerAnswerMs),
          ),
        ),
      );
    } catch (error) {
      // The main thread passes messages to its workers: while it is in native code none of them answers.
      if (error instanceof NoAnswerError) return [];
      throw error;
    } finally {
      await main.close();
    }
  };

  const translated = async <Result>(
    during: string,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConnectionLostError) throw lostTarget(label, during);
      if (error instanceof NoAnswerError) throw noAnswer(label, during, timeoutMs);
      throw error;
    }
  };

  return {
    description: {
      label,
      pid: claimedPid,
      address: addressText(reached),
      command:
        identity?.command ??
        (localPid === null ? null : (readCommandLine(localPid)?.join(" ") ?? null)),
      nodeVersion: identity?.version ?? null,
      inspectorOpenedByLeakline: reached.openedByUs,
    },
    signalPending: reached.signalPending,
    look: () =>
      translated("its threads were looked at", async () => {
        const [main, workers] = await Promise.all([observeMain(), observeWorkers()]);
        return [main, ...workers];
      }),
    observe: (threadId) =>
      translated("a thread was looked at", () =>
        threadId === 0
          ? observeMain()
          : observeThread(
              {
                threadId,
                name: `worker ${threadId}`,
                connect: () => connectThread(threadId),
                hopeless: hopeless(null),
              },
              timeoutMs,
            ),
      ),
    scripts: (threadId) =>
      translated("its scripts were listed", () =>
        readScripts(() => connectThread(threadId), timeoutMs),
      ),
    heapBytes: (threadId) =>
      translated("its heap's size was asked", async () => {
        const session = await connectThread(threadId);
        try {
          const { usedSize } = await session.send("Runtime.getHeapUsage", undefined, timeoutMs);
          return usedSize;
        } catch (error) {
          if (error instanceof NoAnswerError) return null;
          throw error;
        } finally {
          await session.close();
        }
      }),
    estimate: estimateCapture,
    capture: async (threadId, options) =>
      captureSnapshot(
        { label, connect: () => connectThread(threadId), sharesFiles: localPid !== null },
        {
          ...options,
          firstSignMs: Math.max(timeoutMs, firstSignMs),
          silenceMs: Math.max(timeoutMs, silenceMs),
        },
      ),
    async close() {
      if (!reached.openedByUs || webSocketUrl === null) {
        return {
          leftBehind: reached.signalPending
            ? `SIGUSR1 is pending: the inspector of process ${reached.pid} opens when its native code returns, and stays open.`
            : null,
        };
      }
      return closeInspector(webSocketUrl, reached.pid, reached.port);
    },
  };
}

/** Collecting garbage comes first and gives no sign of life: about ten seconds at 1.7 GB. */
const firstSignMs = 30_000;
const silenceMs = 180_000;
const workerListMs = 700;
const workerAnswerMs = 700;

const silentMain: ThreadObservation = {
  threadId: 0,
  name: "main",
  state: "silent",
  answeredBy: null,
  samples: [],
  asleepBeforeMs: null,
  nativeWait: null,
};

const keptOpen = (session: CdpSession): CdpSession => ({
  ...session,
  get isClosed() {
    return session.isClosed;
  },
  close: async () => {},
});

/** A pid of a forwarded port belongs to another machine: only trust it when that process listens here. */
function isLocal({ host, port }: Reached, pid: number): boolean {
  if (!isLoopback(host) || port === null || !hasProc()) return false;
  return listeningSockets(pid).some(({ localPort }) => localPort === port);
}

/** The version's first number, for what differs between versions; null when the process didn't say. */
export const majorVersion = ({ nodeVersion }: ProcessDescription): number | null =>
  nodeVersion === null ? null : Number.parseInt(nodeVersion.slice(1), 10);
