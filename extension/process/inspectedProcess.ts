import type { CloseOutcome } from "../protocol/analysisApi.ts";
import { lostTarget, noAnswer, wrongProcess } from "../protocol/processErrors.ts";
import type { ThreadObservation } from "../protocol/threadObservation.ts";
import { type CaptureEstimate, estimateCapture } from "./captureEstimate.ts";
import {
  type Captured,
  type CaptureOptions,
  captureSnapshot,
  removeAbandonedFiles,
} from "./captureSnapshot.ts";
import { type CdpSession, ConnectionLostError, NoAnswerError } from "./cdpSession.ts";
import { closeInspector } from "./closeInspector.ts";
import { inNativeCode, readNativeWait } from "./nativeWait.ts";
import { observeThread } from "./observeThread.ts";
import { hasProc, listeningSockets, readCommandLine, readStat } from "./procFiles.ts";
import {
  addressText,
  connect,
  hopeless,
  type Identity,
  identify,
  labelOf,
  type OpenProcessOptions,
  type Reached,
  reach,
} from "./reachProcess.ts";
import { readScripts, type ScriptCatalogue } from "./scriptCatalogue.ts";
import { createSharedSession, type SharedSession } from "./sharedSession.ts";
import { isLoopback, type TargetAddress } from "./targetAddress.ts";

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

/** Reaches a live process and makes sure that it is the one that was meant. Rejects with UserError. */
export async function openProcess(
  address: Exclude<TargetAddress, { kind: "file" }>,
  options: OpenProcessOptions,
): Promise<InspectedProcess> {
  await removeAbandonedFiles((pid) => readStat(pid) !== null);
  const reached = await reach(address, options);
  const { webSocketUrl } = reached;
  const label = labelOf(reached);
  const shared = createSharedSession(() => {
    if (webSocketUrl === null) throw noAnswer(label, "the inspector", options.timeoutMs);
    return connect(webSocketUrl, label, options.timeoutMs);
  });
  if (webSocketUrl === null) return makeProcess(reached, shared, null, options);
  try {
    const identity = await identify(shared, reached, options.timeoutMs);
    if (address.kind === "pid" && identity && identity.pid !== address.pid) {
      throw wrongProcess(addressText(reached) ?? "", address.pid, identity.pid);
    }
    return makeProcess(reached, shared, identity, options);
  } catch (error) {
    if (reached.openedByUs) await closeInspector(shared, reached.pid, reached.port);
    await shared.close();
    throw error;
  }
}

function makeProcess(
  reached: Reached,
  shared: SharedSession,
  identity: Identity | null,
  { timeoutMs }: OpenProcessOptions,
): InspectedProcess {
  const { webSocketUrl } = reached;
  const claimedPid = identity?.pid ?? reached.pid;
  const localPid =
    reached.pid ?? (claimedPid !== null && isLocal(reached, claimedPid) ? claimedPid : null);
  const label =
    claimedPid === null ? (addressText(reached) ?? webSocketUrl ?? "") : `process ${claimedPid}`;
  const borrowThread = async (threadId: number): Promise<CdpSession> => {
    if (threadId === 0) return shared.borrow();
    const workers = await shared.borrowWorkers(timeoutMs);
    const worker = workers.find((one) => one.threadId === threadId);
    if (!worker) throw lostTarget(`worker ${threadId} of ${label}`, "connecting to it");
    return worker.session;
  };

  const observeMain = async (): Promise<ThreadObservation> => {
    const observation =
      webSocketUrl === null
        ? silentMain
        : await observeThread(
            { threadId: 0, name: "main", connect: shared.borrow, hopeless: hopeless(localPid) },
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
    try {
      const workers = await shared.borrowWorkers(Math.min(timeoutMs, workerListMs));
      return await Promise.all(
        workers.map(({ threadId, name, session }) =>
          observeThread(
            { threadId, name, connect: async () => session, hopeless: hopeless(null) },
            Math.min(timeoutMs, workerAnswerMs),
          ),
        ),
      );
    } catch (error) {
      // The main thread passes messages to its workers: while it is in native code none of them answers.
      if (error instanceof NoAnswerError) return [];
      throw error;
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
    scripts: (threadId) =>
      translated("its scripts were listed", () =>
        readScripts(() => borrowThread(threadId), timeoutMs),
      ),
    heapBytes: (threadId) =>
      translated("its heap's size was asked", async () => {
        const session = await borrowThread(threadId);
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
        { label, connect: () => borrowThread(threadId), sharesFiles: localPid !== null },
        {
          ...options,
          firstSignMs: Math.max(timeoutMs, firstSignMs),
          silenceMs: Math.max(timeoutMs, silenceMs),
        },
      ),
    async close() {
      try {
        if (reached.openedByUs) return await closeInspector(shared, reached.pid, reached.port);
      } finally {
        await shared.close();
      }
      return {
        leftBehind: reached.signalPending
          ? `SIGUSR1 is pending: the inspector of process ${reached.pid} opens when its native code returns, and stays open.`
          : null,
      };
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

/** A pid of a forwarded port belongs to another machine: only trust it when that process listens here. */
function isLocal({ host, port }: Reached, pid: number): boolean {
  if (!isLoopback(host) || port === null || !hasProc()) return false;
  return listeningSockets(pid).some(({ localPort }) => localPort === port);
}

/** The version's first number, for what differs between versions; null when the process didn't say. */
export const majorVersion = ({ nodeVersion }: ProcessDescription): number | null =>
  nodeVersion === null ? null : Number.parseInt(nodeVersion.slice(1), 10);
