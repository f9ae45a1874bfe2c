import { realpathSync } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTurns } from "../base/turns.ts";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { cannotReadFile, nothingToLookAt } from "../protocol/analysisErrors.ts";
import type { AsyncReport } from "../protocol/asyncReport.ts";
import type { CaptureDescription, Report, TargetDescription } from "../protocol/report.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import type { AskedHeap } from "./askedHeap.ts";
import { buildAsyncReport } from "./buildAsyncReport.ts";
import { buildReport } from "./buildReport.ts";
import { fileChunks } from "./fileChunks.ts";
import type { FileReading, FileReadings, FileVersion } from "./fileReadings.ts";
import { heapEvidenceOf } from "./heapEvidence.ts";
import type { HeapKeeper, KeptHeap } from "./heapKeeper.ts";
import { createHeapReader, type HeapReading } from "./heapReading.ts";
import { createStackPages } from "./stackPages.ts";
import { suspendedReadingOf } from "./suspendedReading.ts";
import { type TargetSession, waitingForSnapshot } from "./targetSession.ts";
import { createFileSources } from "./targetSources.ts";

/** A snapshot file: there is no process behind it, so nothing is known of what its threads did. */
export function createFileSession(
  path: string,
  toolVersion: string,
  readings: FileReadings,
  heaps: HeapKeeper,
): TargetSession {
  const turns = createTurns();
  let count = 0;
  let newest: SourceLibrary | undefined;
  let opened: OpenedVersion | undefined;
  const stacks = createStackPages();

  const inTurn = <Result>(
    { signal, emit }: CallContext<AnalysisEvent>,
    work: () => Promise<Result>,
  ): Promise<Result> =>
    turns.take(work, {
      signal,
      onWait: () => emit({ kind: "progress", phase: waitingForSnapshot, fraction: null }),
    });

  /** The file as it is now; its heap is read when somebody asks for it. */
  const current = async (): Promise<OpenedVersion> => {
    const version = await versionOf(path);
    if (opened && isSameVersion(opened.version, version)) return opened;
    opened?.heap.dispose();
    const { size } = version;
    const heap = heaps.keepReadable({
      snapshotBytes: size,
      read: (context) => readFileHeap(path, size, context),
    });
    opened = { version, heap, library: createFileSources() };
    return opened;
  };

  const read = async (context: CallContext<AnalysisEvent>): Promise<FileReading> => {
    const { version, heap, library } = await current();
    const known = readings.find(path, version);
    if (known) return known;
    const whole = await heap.get(context);
    context.emit({ kind: "progress", phase: "Finding the source lines", fraction: null });
    const evidence = await heapEvidenceOf(whole, { threadId: 0, library, running: null });
    const { snapshotBytes, heapBytes } = whole;
    const reading = { heap: evidence, snapshotBytes, heapBytes, library };
    // One that somebody writes just now is not worth remembering.
    if (isSameVersion(await versionOf(path), version)) readings.keep(path, version, reading);
    return reading;
  };

  const ask = async (context: CallContext<AnalysisEvent>): Promise<AskedHeap> => {
    const { heap, library } = await current();
    const whole = await heap.get(context);
    newest = library;
    return { heap: whole, library, target: targetOf(path), capture: captureOf(++count, whole) };
  };

  const capture = async (context: CallContext<AnalysisEvent>): Promise<Report> => {
    const { heap, snapshotBytes, heapBytes, library } = await read(context);
    newest = library;
    return buildReport({
      toolVersion,
      target: targetOf(path),
      capture: captureOf(++count, { snapshotBytes, heapBytes }),
      evidence: { source: "file", threads: [], heaps: [heap], progress: null },
      problems: [],
    });
  };

  const suspended = async (context: CallContext<AnalysisEvent>): Promise<AsyncReport> => {
    const { heap, library, target, capture } = await ask(context);
    const options = { threadId: 0, library, askAwaits: null };
    const reading = await suspendedReadingOf(heap, options, context);
    stacks.keep([reading]);
    return buildAsyncReport({ toolVersion, target, capture, readings: [reading], problems: [] });
  };

  return {
    description: { kind: "file", label: path, pid: null, address: null, via: "file" },
    names: [nameOfFile(path)],
    isAlive: async () => true,
    look: async () => {
      throw nothingToLookAt(path);
    },
    capture: (context) => inTurn(context, () => capture(context)),
    suspended: (context) => inTurn(context, () => suspended(context)),
    suspendedStacks: stacks.page,
    heap: (context) => inTurn(context, () => ask(context)),
    saveSnapshot: async () => {
      throw nothingToLookAt(path);
    },
    sourceText: async (file) => newest?.text(file) ?? null,
    async close() {
      opened?.heap.dispose();
      return { outcome: { leftBehind: null }, settled: Promise.resolve() };
    },
  };
}

/** One content of the file. */
interface OpenedVersion {
  readonly version: FileVersion;
  readonly heap: KeptHeap;
  readonly library: SourceLibrary;
}

const isSameVersion = (one: FileVersion, other: FileVersion): boolean =>
  one.size === other.size && one.modifiedMs === other.modifiedMs;

const targetOf = (path: string): TargetDescription => ({
  kind: "file",
  label: path,
  pid: null,
  address: null,
  file: path,
  command: null,
  nodeVersion: null,
  inspectorOpenedByLeakline: false,
});

const captureOf = (
  reading: number,
  { snapshotBytes, heapBytes }: Pick<HeapReading, "snapshotBytes" | "heapBytes">,
): CaptureDescription => ({
  level: "file",
  reading,
  takenAt: new Date().toISOString(),
  stackAnsweredBy: null,
  snapshotAnsweredBy: "file",
  pauseMs: null,
  snapshotBytes,
  heapBytes,
  estimatedPauseMs: null,
  estimatedMemoryBytes: null,
});

/** The same for all paths of one file. */
export function nameOfFile(path: string): string {
  try {
    return `file ${realpathSync(path)}`;
  } catch {
    // It is opened all the same: reading it says what is wrong.
    return `file ${resolve(path)}`;
  }
}

async function versionOf(path: string): Promise<FileVersion> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, modifiedMs: mtimeMs };
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readFileHeap(
  path: string,
  size: number,
  context: CallContext<AnalysisEvent>,
): Promise<HeapReading> {
  const { signal, emit } = context;
  const reader = createHeapReader(path, size);
  try {
    let read = 0;
    for await (const chunk of fileChunks(path)) {
      reader.push(chunk);
      read += chunk.length;
      emit({
        kind: "progress",
        phase: "Reading the snapshot",
        fraction: size > 0 ? read / size : null,
      });
      // Lets a cancel message in: reading a cached file never waits.
      await nextTurn();
      signal.throwIfAborted();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(path, error);
  }
  return reader.finish(context);
}

/** What the system refused, for the user; anything else as it is. */
function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return error;
  const code = String(error.code);
  return cannotReadFile(path, code === "EISDIR" ? "it is a folder" : code);
}
