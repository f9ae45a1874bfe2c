import { createTurns } from "../base/turns.ts";
import { UserError } from "../protocol/errors.ts";
import {
  lostTarget,
  neitherWay,
  noAnswer,
  snapshotHeld,
  stopped,
  wrongProcess,
} from "../protocol/processErrors.ts";
import type { ThreadObservation } from "../protocol/threadObservation.ts";
import { type AwaitOptions, type AwaitPosition, readAwaitPositions } from "./awaitPositions.ts";
import { type CaptureEstimate, estimateCapture } from "./captureEstimate.ts";
import {
  type Captured,
  type CaptureOptions,
  captureSnapshot,
  removeAbandonedFiles,
} from "./captureSnapshot.ts";
import { ConnectionLostError, NoAnswerError } from "./cdpSession.ts";
import { type ClosedInspector, leaveInspector } from "./closeInspector.ts";
import { readProxyScripts } from "./debuggerProxy.ts";
import { removeAbandonedNotes } from "./inspectorDuty.ts";
import { type LeaseOptions, whenFree, withLease } from "./lease.ts";
import { inNativeCode, readNativeWait, runsOrWaitsForLock } from "./nativeWait.ts";
import { observeThread } from "./observeThread.ts";
import {
  ownPidsOf,
  processKey,
  readCommandLine,
  readStat,
  sharesNamespace,
  standstillOf,
} from "./procFiles.ts";
import {
  addressText,
  connect,
  hopeless,
  type Identity,
  identify,
  isIdle,
  labelOf,
  type OpenProcessOptions,
  type Reached,
  reach,
  reachProxy,
} from "./reachProcess.ts";
import { readScripts, type ScriptCatalogue } from "./scriptCatalogue.ts";
import { type BorrowedSession, createSharedSession, type SharedSession } from "./sharedSession.ts";
import type { TargetAddress } from "./targetAddress.ts";
import { fileNameOf, namesOf } from "./targetNames.ts";

export interface ProcessDescription {
  readonly label: string;
  readonly pid: number | null;
  readonly address: string | null;
  readonly command: string | null;
  readonly nodeVersion: string | null;
  readonly inspectorOpenedByLeakline: boolean;
}

export interface CaptureRequest
  extends Pick<CaptureOptions, "sink" | "signal" | "onProgress" | "threadIsStuck"> {
  /** Told which process takes a snapshot already. */
  onWait?(holderPid: number): void;
}

/**
 * A running Node process to ask. Every method has deadlines and rejects with UserError. Questions wait for
 * each other: the deadline of one that met a thread in a snapshot would say that the thread is silent.
 */
export interface InspectedProcess {
  readonly description: ProcessDescription;
  readonly via: Reached["via"];
  /** By which a later address can be told to mean the same process. */
  readonly names: readonly string[];
  /** Whether the process that was opened is still there. */
  isAlive(): Promise<boolean>;
  /** SIGUSR1 was sent and will open the inspector once native code returns. */
  readonly signalPending: boolean;
  /**
   * All threads, the main one first; one that doesn't answer never holds up the others. A snapshot that
   * another process of this user takes is waited for, after `onWait` was told whose: nobody would answer.
   */
  look(onWait?: (holderPid: number) => void): Promise<readonly ThreadObservation[]>;
  scripts(threadId: number): Promise<ScriptCatalogue>;
  heapBytes(threadId: number): Promise<number | null>;
  estimate(heapBytes: number): CaptureEstimate;
  /** Waits for a snapshot that another process of this user takes of the same one, for minutes. */
  capture(threadId: number, options: CaptureRequest): Promise<Captured>;
  /** Where suspended functions stand, by their generators' object ids; empty when the thread doesn't answer. */
  awaitPositions(
    threadId: number,
    objectIds: Iterable<number>,
    options: Pick<AwaitOptions, "budgetMs" | "signal">,
  ): Promise<ReadonlyMap<number, AwaitPosition>>;
  /** Closes the inspector if we opened it. Never rejects. */
  close(): Promise<ClosedInspector>;
}

/**
 * Reaches a live process and makes sure that it is the one that was meant. Rejects with UserError, or
 * with the signal's reason; what was opened is closed again then.
 */
export async function openProcess(
  address: ProcessAddress,
  options: OpenProcessOptions,
): Promise<InspectedProcess> {
  await removeAbandonedFiles((pid) => readStat(pid) !== null);
  removeAbandonedNotes();
  options.signal?.throwIfAborted();
  const { proxy } = options;
  // Taken for an inspector's own address it would be asked for what is the debugger's own.
  if (proxy !== undefined && address.kind === "websocket" && isSameUrl(address.url, proxy))
    return openReached(reachProxy(proxy), address, options);
  try {
    return await openReached(await reach(address, options), address, options);
  } catch (direct) {
    options.signal?.throwIfAborted();
    if (proxy === undefined || !(direct instanceof UserError) || direct.kind !== "target")
      throw direct;
    try {
      return await openReached(reachProxy(proxy), address, options);
    } catch (error) {
      throw error instanceof UserError ? neitherWay(direct, error) : error;
    }
  }
}

const isSameUrl = (a: string, b: string): boolean => new URL(a).href === new URL(b).href;

async function openReached(
  reached: Reached,
  address: ProcessAddress,
  options: OpenProcessOptions,
): Promise<InspectedProcess> {
  const { webSocketUrl, via } = reached;
  const label = labelOf(reached);
  let isFirst = true;
  const shared = createSharedSession(async () => {
    if (webSocketUrl === null) throw noAnswer(label, "the inspector", options.timeoutMs);
    const { timeoutMs } = options;
    const session = await connect(webSocketUrl, label, { via, timeoutMs, isFirst });
    isFirst = false;
    return session;
  });
  try {
    options.signal?.throwIfAborted();
    const identity = webSocketUrl && (await identify(shared, reached, options));
    const isSame = !identity || reached.pid === null || isCalled(reached.pid, identity.pid);
    const found = { shared, identity: identity || null };
    if (isSame) return makeProcess(reached, address, found, options);
    if (address.kind === "pid") throw wrongProcess(label, address.pid, identity.pid);
    // What listens here only forwards to another machine or container.
    reached.presence?.leave();
    const elsewhere = { ...reached, pid: null, presence: null, asleepBeforeMs: null };
    return makeProcess(elsewhere, address, found, options);
  } catch (error) {
    const { settled } = await leaveInspector(reached, shared);
    // Nobody waits for us any more but the end of our own process.
    if (options.signal?.aborted) await settled;
    throw error;
  }
}

export type ProcessAddress = Exclude<TargetAddress, { kind: "file" }>;

const isCalled = (pid: number, claimed: number): boolean => ownPidsOf(pid).includes(claimed);

function makeProcess(
  reached: Reached,
  address: ProcessAddress,
  { shared, identity }: { readonly shared: SharedSession; readonly identity: Identity | null },
  { timeoutMs }: OpenProcessOptions,
): InspectedProcess {
  const { webSocketUrl, via, pid: localPid } = reached;
  const pid = localPid ?? identity?.pid ?? null;
  const names = namesOf(reached, address);
  const localKey = localPid === null ? null : processKey(localPid);
  const label = pid === null ? labelOf(reached) : `process ${pid}`;
  // Who didn't say who it is has had its time already.
  const lookMs = identity === null ? Math.min(timeoutMs, secondLookMs) : timeoutMs;
  const leaseName = `snapshot-${fileNameOf(names)}`;
  const leaseOptions = (onWait?: (pid: number) => void, signal?: AbortSignal): LeaseOptions => ({
    signal,
    onWait,
    deadlineMs: leaseMs,
    onTimeout: (pid) => snapshotHeld(label, pid, leaseMs),
  });
  const borrowThread = async (threadId: number): Promise<BorrowedSession> => {
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
            {
              threadId: 0,
              name: "main",
              connect: shared.borrow,
              isOurSession: via === "direct",
              hopeless: hopeless(localPid),
              isIdle: () => isIdle(localPid),
              isRunning: () => localPid !== null && runsOrWaitsForLock(localPid),
            },
            lookMs,
          );
    if (observation.state !== "silent")
      return { ...observation, asleepBeforeMs: reached.asleepBeforeMs };
    if (localPid === null) return observation;
    const standstill = standstillOf(localPid);
    if (standstill !== null) throw stopped(localPid, standstill);
    return {
      ...observation,
      state: webSocketUrl === null || inNativeCode(localPid) ? "native" : "silent",
      nativeWait: readNativeWait(localPid),
    };
  };

  const observeWorkers = async (): Promise<readonly ThreadObservation[]> => {
    if (webSocketUrl === null || via === "debugger proxy") return [];
    try {
      const workers = await shared.borrowWorkers(Math.min(timeoutMs, workerListMs));
      const observations = await Promise.all(
        workers.map(({ threadId, name, session }) =>
          observeThread(
            {
              threadId,
              name,
              connect: async () => session,
              isOurSession: true,
              hopeless: hopeless(null),
              // Which of the system's threads it is, the inspector doesn't say.
              isIdle: async () => false,
              isRunning: () => false,
            },
            Math.min(timeoutMs, workerAnswerMs),
          ).catch((error: unknown) => {
            // A worker may end while it is looked at; a lost process shows at its main thread.
            if (error instanceof ConnectionLostError) return null;
            throw error;
          }),
        ),
      );
      return observations.filter((one) => one !== null);
    } catch (error) {
      // The main thread passes messages to its workers: while it is in native code none of them answers.
      if (error instanceof NoAnswerError) return [];
      throw error;
    }
  };

  const turns = createTurns();
  const translated = async <Result>(
    during: string,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await turns.take(work);
    } catch (error) {
      if (error instanceof ConnectionLostError) throw lostTarget(label, during);
      if (error instanceof NoAnswerError) throw noAnswer(label, during, timeoutMs);
      throw error;
    }
  };

  return {
    description: {
      label,
      pid,
      address: addressText(reached),
      command:
        identity?.command ??
        (localPid === null ? null : (readCommandLine(localPid)?.join(" ") ?? null)),
      nodeVersion: identity?.version ?? null,
      inspectorOpenedByLeakline: reached.openedByLeakline,
    },
    via,
    names,
    isAlive: async () =>
      localKey !== null ? processKey(localPid ?? 0) === localKey : shared.isOpen,
    signalPending: reached.signalPending,
    async look(onWait) {
      await whenFree(leaseName, leaseOptions(onWait));
      return translated("its threads were looked at", async () => {
        const [main, workers] = await Promise.all([observeMain(), observeWorkers()]);
        return [main, ...workers];
      });
    },
    scripts: (threadId) =>
      translated("its scripts were listed", () => {
        const read = via === "direct" ? readScripts : readProxyScripts;
        return read(() => borrowThread(threadId), timeoutMs, turns.take);
      }),
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
    capture: (threadId, options) => {
      const source = {
        label,
        connect: () => borrowThread(threadId),
        isOurSession: via === "direct",
        sharesFiles: localPid !== null && sharesNamespace(localPid, "mnt"),
      };
      const work = () =>
        captureSnapshot(source, {
          ...options,
          answerMs: timeoutMs,
          firstSignMs: Math.max(timeoutMs, firstSignMs),
          silenceMs: Math.max(timeoutMs, silenceMs),
        });
      return withLease(leaseName, leaseOptions(options.onWait, options.signal), () =>
        turns.take(work, { signal: options.signal }),
      );
    },
    awaitPositions: (threadId, objectIds, options) =>
      translated("it was asked where its functions stand", async () => {
        const session = await borrowThread(threadId);
        try {
          const answerMs = Math.max(timeoutMs, options.budgetMs);
          return await readAwaitPositions(session, objectIds, { ...options, answerMs });
        } catch (error) {
          if (error instanceof NoAnswerError) return new Map();
          throw error;
        } finally {
          await session.close();
        }
      }),
    close: () => leaveInspector(reached, shared),
  };
}

/** The largest snapshots take minutes; who has it that long has forgotten it, or is stopped. */
const leaseMs = 300_000;
/** Collecting garbage comes first and gives no sign of life: about ten seconds at 1.7 GB. */
const firstSignMs = 30_000;
const silenceMs = 180_000;
const secondLookMs = 1000;
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

/** The version's first number, for what differs between versions; null when the process didn't say. */
export const majorVersion = ({ nodeVersion }: ProcessDescription): number | null =>
  nodeVersion === null ? null : Number.parseInt(nodeVersion.slice(1), 10);
