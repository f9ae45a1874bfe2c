import { abortable } from "../base/abortable.ts";
import { createTurns } from "../base/turns.ts";
import type {
  Evidence,
  HeapEvidence,
  QueueProgress,
  ThreadEvidence,
} from "../findings/evidence.ts";
import { judgeThread } from "../findings/judgeThread.ts";
import type { Captured, SnapshotSink } from "../process/captureSnapshot.ts";
import { type InspectedProcess, majorVersion } from "../process/inspectedProcess.ts";
import type { AnalysisEvent, SavedSnapshot } from "../protocol/analysisApi.ts";
import type { CaptureDescription, Report } from "../protocol/report.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { ThreadObservation } from "../protocol/threadObservation.ts";
import { textsMissing } from "../protocol/threadProblems.ts";
import { buildAsyncReport } from "./buildAsyncReport.ts";
import { buildReport } from "./buildReport.ts";
import { type CapturedHeap, costOfHeaps } from "./capturedHeap.ts";
import { heapEvidenceOf, knownCallbacksOf, queueOf } from "./heapEvidence.ts";
import type { HeapKeeper } from "./heapKeeper.ts";
import { createHeapReader, type HeapReading } from "./heapReading.ts";
import { createNewestHeaps } from "./newestHeaps.ts";
import { processProblems, workersLeft } from "./processProblems.ts";
import { readSuspended } from "./processSuspended.ts";
import { neverRan, runningCallback } from "./runningCallback.ts";
import { saveBytes } from "./saveBytes.ts";
import { createStackPages } from "./stackPages.ts";
import { createStuckClock } from "./stuckClock.ts";
import { type TargetSession, waitingForSnapshot } from "./targetSession.ts";
import { threadEvidenceOf } from "./threadEvidence.ts";
import { createThreadSources } from "./threadSources.ts";

/** A second snapshot only tells a batch from one long callback: it is not worth a long pause. */
const longestSecondPauseMs = 5000;
/** Less tells a long job from an ordinary one badly. */
const shortestStarvationMs = 1000;

/** A snapshot stops the thread that it is taken of: healthy workers are left alone. */
const heapNotRead = "its heap was not read: only the main thread's and those of stuck workers are";

type Observations = readonly ThreadObservation[];

/** A look is worth so long to the snapshot behind it, in milliseconds. */
const freshMs = 3000;

/** A live process. It keeps the first sight of each stuck thread, so that ages grow from reading to reading. */
export function createProcessSession(
  inspected: InspectedProcess,
  toolVersion: string,
  heaps: HeapKeeper,
): TargetSession {
  const { description } = inspected;
  const nodeMajor = majorVersion(description);
  const clock = createStuckClock();
  const sources = createThreadSources(inspected.scripts);
  const stacks = createStackPages();
  const newestHeaps = createNewestHeaps(heaps, description.label);
  /** One snapshot at a time, so that none is spoiled by another. */
  const captures = createTurns();
  let readings = 0;
  let looked: { readonly atMs: number; readonly observations: Observations } | undefined;
  let capturing = false;
  let sharedLook: Promise<Report> | undefined;

  const observeAll = async ({ emit }: CallContext<AnalysisEvent>): Promise<Observations> => {
    const observations = await inspected.look((pid) =>
      emit({ kind: "progress", phase: waitingForOther(pid), fraction: null }),
    );
    for (const observation of observations) {
      // While it stays in one turn it loads hardly any more, and a list costs the thread some time.
      if (clock.note(observation)) sources.renew(observation.threadId);
    }
    looked = { atMs: performance.now(), observations };
    return observations;
  };

  /** What a look has just seen needn't be asked again; what it saw long ago may have changed. */
  const observeOnce = async (context: CallContext<AnalysisEvent>): Promise<Observations> =>
    looked && performance.now() - looked.atMs < freshMs
      ? looked.observations
      : abortable(observeAll(context), context.signal);

  const evidenceOfThread = (observation: ThreadObservation, heap: HeapReading | null) =>
    threadEvidenceOf(observation, clock.sinceMs(observation), {
      library: sources.libraryOf(observation.threadId),
      nodeMajor,
      callbacks: heap && knownCallbacksOf(heap),
    });

  const report = (
    observations: readonly ThreadObservation[],
    evidence: Evidence,
    capture: Omit<CaptureDescription, "reading" | "takenAt" | "stackAnsweredBy">,
  ): Report =>
    buildReport({
      toolVersion,
      target: { kind: "process", file: null, ...description },
      capture: describeCapture(observations, capture),
      evidence,
      problems: [...processProblems(evidence.threads, inspected), ...missingTexts()],
    });

  const describeCapture = (
    observations: Observations,
    capture: Omit<CaptureDescription, "reading" | "takenAt" | "stackAnsweredBy">,
  ): CaptureDescription => ({
    reading: ++readings,
    takenAt: new Date().toISOString(),
    stackAnsweredBy: observations[0]?.answeredBy ?? null,
    ...capture,
  });

  const missingTexts = () => (sources.isMissingTexts ? [textsMissing()] : []);

  const estimate = async () => {
    const heapBytes = await inspected.heapBytes(0).catch(() => null);
    const cost = heapBytes === null ? null : inspected.estimate(heapBytes);
    return {
      heapBytes,
      estimatedPauseMs: cost?.pauseMs ?? null,
      estimatedMemoryBytes: cost?.memoryBytes ?? null,
    };
  };

  const lookNow = async (context: CallContext<AnalysisEvent>): Promise<Report> => {
    sources.askAgain();
    const observations = await observeAll(context);
    const reachable = answers(observations[0]);
    const [threads, cost] = await Promise.all([
      Promise.all(observations.map((one) => evidenceOfThread(one, null))),
      reachable
        ? estimate()
        : { heapBytes: null, estimatedPauseMs: null, estimatedMemoryBytes: null },
    ]);
    return report(
      observations,
      { source: "process", threads, heaps: [], progress: null },
      { level: "look", snapshotAnsweredBy: null, pauseMs: null, snapshotBytes: null, ...cost },
    );
  };

  /** Several who look at the same time see the same. */
  const look = async (context: CallContext<AnalysisEvent>): Promise<Report> => {
    const { emit, signal } = context;
    const phase = capturing ? waitingForSnapshot : "Looking at the threads";
    emit({ kind: "progress", phase, fraction: null });
    sharedLook ??= lookNow(context).finally(() => {
      sharedLook = undefined;
    });
    return abortable(sharedLook, signal);
  };

  const inTurn = <Result>(
    { signal, emit }: CallContext<AnalysisEvent>,
    work: () => Promise<Result>,
  ): Promise<Result> =>
    captures.take(work, {
      signal,
      onWait: () => emit({ kind: "progress", phase: waitingForSnapshot, fraction: null }),
    });

  const takeSnapshot = async (
    threadId: number,
    threadIsStuck: boolean,
    sink: SnapshotSink,
    { signal, emit }: CallContext<AnalysisEvent>,
  ): Promise<Captured> => {
    capturing = true;
    try {
      return await inspected.capture(threadId, {
        sink,
        signal,
        threadIsStuck,
        onWait: (pid) => emit({ kind: "progress", phase: waitingForOther(pid), fraction: null }),
        onProgress: (fraction) =>
          emit({ kind: "progress", phase: "Taking the snapshot", fraction }),
      });
    } finally {
      capturing = false;
    }
  };

  const captureHeap = async (
    threadId: number,
    threadIsStuck: boolean,
    context: CallContext<AnalysisEvent>,
  ): Promise<CapturedHeap> => {
    let reader = createHeapReader(description.label);
    const sink: SnapshotSink = {
      begin() {
        reader = createHeapReader(description.label);
      },
      push: (bytes) => reader.push(bytes),
    };
    const beganAtMs = performance.now();
    const taken = await takeSnapshot(threadId, threadIsStuck, sink, context);
    const endedAtMs = performance.now();
    const takenAt = new Date().toISOString();
    const reading = await reader.finish(context);
    return { threadId, reading, ...taken, beganAtMs, endedAtMs, takenAt };
  };

  /** Once more, until a starving thread has been watched long enough to call it that. */
  const observeAfter = async (context: CallContext<AnalysisEvent>): Promise<Observations> => {
    let observations = await observeAll(context);
    const started = performance.now();
    while (
      observations.some(
        (one) => isStuck(observations, one.threadId) && clock.sinceMs(one) < shortestStarvationMs,
      ) &&
      performance.now() - started < shortestStarvationMs
    ) {
      observations = await observeAll(context);
    }
    return observations;
  };

  const capture = async (context: CallContext<AnalysisEvent>): Promise<Report> => {
    sources.askAgain();
    // Two heaps at a time would be too many.
    newestHeaps.keep([]);
    const before = await observeOnce(context);
    if (!answers(before[0])) return look(context);
    const threadIds = before
      .map(({ threadId }) => threadId)
      .filter((threadId) => threadId === 0 || isStuck(before, threadId));
    const captured = new Map<number, CapturedHeap>();
    for (const { threadId } of before) if (!isStuck(before, threadId)) sources.renew(threadId);
    for (const threadId of threadIds) {
      captured.set(threadId, await captureHeap(threadId, isStuck(before, threadId), context));
    }
    let observations = await observeAfter(context);
    let progress: QueueProgress | null = null;
    for (const [threadId, first] of captured) {
      const observation = observations.find((one) => one.threadId === threadId);
      if (!observation || !isStuck(observations, threadId)) continue;
      if (first.pauseMs > longestSecondPauseMs) continue;
      const becameStuck = !isStuck(before, threadId);
      const queue = await runningQueueOf(first, observation);
      // Our own collection made callbacks due, and one of them is stuck now: the first snapshot shows
      // the queue of before. Or the queue may be a batch on its way: a second one tells.
      if (!becameStuck && (queue.length < 2 || neverRan(observation))) continue;
      const second = await captureHeap(threadId, true, context);
      observations = await observeAll(context);
      captured.set(threadId, second);
      if (!becameStuck) progress ??= await progressBetween(first, second, queue, observation);
    }
    newestHeaps.keep([...captured.values()]);
    return reportOfHeaps(observations, [...captured.values()], progress, context);
  };

  const runningQueueOf = async (heap: CapturedHeap, observation: ThreadObservation) => {
    const running = runningCallback(observation, await evidenceOfThread(observation, heap.reading));
    return running === null ? [] : queueOf(heap.reading, running, sources.libraryOf(heap.threadId));
  };

  const progressBetween = async (
    first: CapturedHeap,
    second: CapturedHeap,
    queueBefore: readonly number[],
    observation: ThreadObservation,
  ): Promise<QueueProgress> => {
    const left = new Set(await runningQueueOf(second, observation));
    return {
      callbacksFinished: queueBefore.filter((id) => !left.has(id)).length,
      elapsedMs: second.beganAtMs - first.endedAtMs,
    };
  };

  const heapEvidence = (
    heap: CapturedHeap,
    observation: ThreadObservation,
    thread: ThreadEvidence,
  ): Promise<HeapEvidence> =>
    heapEvidenceOf(heap.reading, {
      threadId: heap.threadId,
      library: sources.libraryOf(heap.threadId),
      running: runningCallback(observation, thread),
    });

  const reportOfHeaps = async (
    observations: readonly ThreadObservation[],
    captured: readonly CapturedHeap[],
    progress: QueueProgress | null,
    { emit }: CallContext<AnalysisEvent>,
  ): Promise<Report> => {
    emit({ kind: "progress", phase: "Finding the source lines", fraction: null });
    const threads: ThreadEvidence[] = [];
    const heaps: HeapEvidence[] = [];
    for (const observation of observations) {
      const heap = captured.find(({ threadId }) => threadId === observation.threadId);
      const thread = await evidenceOfThread(observation, heap?.reading ?? null);
      threads.push(heap ? thread : { ...thread, detail: thread.detail ?? heapNotRead });
      if (heap) heaps.push(await heapEvidence(heap, observation, thread));
    }
    return report(
      observations,
      { source: "process", threads, heaps, progress },
      {
        level: "capture",
        ...costOfHeaps(captured),
      },
    );
  };

  const saveSnapshot = async (
    context: CallContext<AnalysisEvent>,
    path: string,
  ): Promise<SavedSnapshot> => {
    const threadIsStuck = isStuck(await observeOnce(context), 0);
    const saved = await saveBytes(path, (sink) => takeSnapshot(0, threadIsStuck, sink, context));
    return { path, ...saved };
  };

  return {
    description: {
      kind: "process",
      label: description.label,
      pid: description.pid,
      address: description.address,
      via: inspected.via,
    },
    names: inspected.names,
    isAlive: inspected.isAlive,
    look,
    capture: (context) => inTurn(context, () => capture(context)),
    suspended: (context, { workers, ofNewestCapture }) =>
      inTurn(context, async () => {
        sources.askAgain();
        const observations = await observeOnce(context);
        const wanted = observations.filter(({ threadId }) => workers || threadId === 0);
        const known = ofNewestCapture ? await newestHeaps.inMemory(context) : [];
        newestHeaps.keep(known);
        const read = await readSuspended(
          wanted
            .filter(answers)
            .map((one) => ({ ...one, isStuck: isStuck(observations, one.threadId) })),
          {
            inspected,
            sources,
            captureHeap: async (threadId, stuck) =>
              known.find((heap) => heap.threadId === threadId) ??
              (await captureHeap(threadId, stuck, context)),
          },
          context,
        );
        newestHeaps.keep(read.heaps);
        stacks.keep(read.readings);
        const threads = await Promise.all(observations.map((one) => evidenceOfThread(one, null)));
        return buildAsyncReport({
          toolVersion,
          target: { kind: "process", file: null, ...description },
          capture: describeCapture(observations, { level: "capture", ...costOfHeaps(read.heaps) }),
          readings: read.readings,
          problems: [
            ...processProblems(threads, inspected),
            ...missingTexts(),
            ...workersLeft(observations.length - wanted.length),
          ],
        });
      }),
    suspendedStacks: stacks.page,
    async heap(context) {
      const heap = await newestHeaps.main(context);
      return {
        heap: heap.reading,
        library: sources.libraryOf(heap.threadId),
        target: { kind: "process", file: null, ...description },
        capture: {
          level: "capture",
          reading: readings,
          takenAt: heap.takenAt,
          stackAnsweredBy: null,
          ...costOfHeaps([heap]),
        },
      };
    },
    saveSnapshot: (context, path) => inTurn(context, () => saveSnapshot(context, path)),
    sourceText: sources.text,
    close() {
      newestHeaps.keep([]);
      return inspected.close();
    },
  };
}

const isStuck = (observations: Observations, threadId: number): boolean => {
  const observation = observations.find((one) => one.threadId === threadId);
  return observation !== undefined && judgeThread(observation).state === "stuck";
};

const waitingForOther = (pid: number) =>
  `Waiting for another Leakline (process ${pid}) to finish its snapshot`;

const answers = (main: ThreadObservation | undefined): boolean =>
  main?.state === "answering" || main?.state === "paused";
