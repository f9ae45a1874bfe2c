import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { cannotReadFile, nothingToLookAt } from "../protocol/analysisErrors.ts";
import type { Report } from "../protocol/report.ts";
import type { CallContext } from "../protocol/rpc.ts";
import { buildReport } from "./buildReport.ts";
import { heapEvidenceOf } from "./heapEvidence.ts";
import { createHeapReader, type HeapReading } from "./heapReading.ts";
import type { TargetSession } from "./targetSession.ts";
import { createFileSources } from "./targetSources.ts";

const chunkBytes = 4 * 1024 * 1024;

/** A snapshot file: there is no process behind it, so nothing is known of what its threads did. */
export function createFileSession(path: string, toolVersion: string): TargetSession {
  const library = createFileSources();
  let readings = 0;

  const capture = async (context: CallContext<AnalysisEvent>): Promise<Report> => {
    const reading = await readFileHeap(path, context);
    context.emit({ kind: "progress", phase: "Finding the source lines", fraction: null });
    const heap = await heapEvidenceOf(reading, {
      threadId: 0,
      library,
      running: null,
    });
    return buildReport({
      toolVersion,
      target: {
        kind: "file",
        label: path,
        pid: null,
        address: null,
        file: path,
        command: null,
        nodeVersion: null,
        inspectorOpenedByLeakline: false,
      },
      capture: {
        level: "file",
        reading: ++readings,
        takenAt: new Date().toISOString(),
        stackAnsweredBy: null,
        snapshotAnsweredBy: "file",
        pauseMs: null,
        snapshotBytes: reading.snapshotBytes,
        heapBytes: reading.heapBytes,
        estimatedPauseMs: null,
        estimatedMemoryBytes: null,
      },
      evidence: { source: "file", threads: [], heaps: [heap], progress: null },
      problems: [],
    });
  };

  return {
    description: { kind: "file", label: path, pid: null, address: null, via: "file" },
    look: async () => {
      throw nothingToLookAt(path);
    },
    capture,
    saveSnapshot: async () => {
      throw nothingToLookAt(path);
    },
    sourceText: library.text,
    close: async () => ({ outcome: { leftBehind: null }, settled: Promise.resolve() }),
  };
}

async function readFileHeap(
  path: string,
  { signal, emit }: CallContext<AnalysisEvent>,
): Promise<HeapReading> {
  const reader = createHeapReader(path);
  try {
    const { size } = await stat(path);
    let read = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes, signal })) {
      reader.push(chunk as Uint8Array);
      read += (chunk as Uint8Array).length;
      emit({
        kind: "progress",
        phase: "Reading the snapshot",
        fraction: size > 0 ? read / size : null,
      });
      // Lets a cancel message in: reading a cached file never waits.
      await nextTurn();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && "syscall" in error && "code" in error) {
      throw cannotReadFile(
        path,
        String(error.code) === "EISDIR" ? "it is a folder" : String(error.code),
      );
    }
    throw error;
  }
  return reader.finish({ signal, emit });
}
