import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { heapDropped } from "../protocol/heapErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { HeapReading } from "./heapReading.ts";

/** Heaps in memory, so that one question after the other is answered from the same one. */
export interface HeapKeeper {
  /** Keeps a heap that can't be had once more: a process's. `label` names it in errors. */
  keep(reading: HeapReading, label: string): KeptHeap;
  /** Reads a heap when it is first asked for, and again whenever it was dropped meanwhile. */
  keepReadable(read: ReadHeap): KeptHeap;
}

export interface ReadHeap {
  /** Bytes of the snapshot. */
  readonly snapshotBytes: number;
  read(context: CallContext<AnalysisEvent>): Promise<HeapReading>;
}

/** One heap's owner has this; whoever has it disposes it. */
export interface KeptHeap {
  /** Rejects with UserError when it was dropped and can't be read again, and with what reading it throws. */
  get(context: CallContext<AnalysisEvent>): Promise<HeapReading>;
  /** Whether `get` has it at once. */
  readonly isInMemory: boolean;
  dispose(): void;
}

/**
 * Of all heaps those stay in memory that were asked last, up to a limit of bytes of their snapshots: a heap
 * with all that questions add to it takes about as many as its snapshot has. The newest stays, however large it is.
 */
export function createHeapKeeper(mostSnapshotBytes: number): HeapKeeper {
  /** The one that was not asked for the longest time is the first. */
  const inMemory = new Map<KeptHeap, HeapReading>();

  const makeRoomFor = (snapshotBytes: number) => {
    let bytes = snapshotBytes;
    for (const reading of inMemory.values()) bytes += reading.snapshotBytes;
    for (const [kept, reading] of inMemory) {
      if (bytes <= mostSnapshotBytes) return;
      inMemory.delete(kept);
      bytes -= reading.snapshotBytes;
    }
  };

  const put = (kept: KeptHeap, reading: HeapReading) => {
    inMemory.delete(kept);
    makeRoomFor(reading.snapshotBytes);
    inMemory.set(kept, reading);
  };

  const create = (readAgain: KeptHeap["get"]): KeptHeap => {
    let isDisposed = false;
    const kept: KeptHeap = {
      async get(context) {
        const reading = inMemory.get(kept) ?? (await readAgain(context));
        if (!isDisposed) put(kept, reading);
        return reading;
      },
      get isInMemory() {
        return inMemory.has(kept);
      },
      dispose() {
        isDisposed = true;
        inMemory.delete(kept);
      },
    };
    return kept;
  };

  return {
    keep(reading, label) {
      const kept = create(async () => {
        throw heapDropped(label);
      });
      put(kept, reading);
      return kept;
    },
    keepReadable: ({ snapshotBytes, read }) =>
      create((context) => {
        // Before it is read: two large heaps at a time can be too many.
        makeRoomFor(snapshotBytes);
        return read(context);
      }),
  };
}
