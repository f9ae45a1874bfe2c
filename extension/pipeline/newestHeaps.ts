import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import { noSnapshotYet } from "../protocol/heapErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { CapturedHeap } from "./capturedHeap.ts";
import type { HeapKeeper, KeptHeap } from "./heapKeeper.ts";

/** The heaps of a process's newest capture, for as long as there is room for them. */
export interface NewestHeaps {
  /** Takes the place of what was kept before. */
  keep(heaps: readonly CapturedHeap[]): void;
  /** Those that are still in memory. */
  inMemory(context: CallContext<AnalysisEvent>): Promise<readonly CapturedHeap[]>;
  /** The main thread's. Rejects with UserError when there is none, or none any more. */
  main(context: CallContext<AnalysisEvent>): Promise<CapturedHeap>;
}

type Kept = Omit<CapturedHeap, "reading"> & { readonly kept: KeptHeap };

/** `label` names the process in errors. */
export function createNewestHeaps(keeper: HeapKeeper, label: string): NewestHeaps {
  let newest: readonly Kept[] = [];

  const withReading = async (
    { kept, ...heap }: Kept,
    context: CallContext<AnalysisEvent>,
  ): Promise<CapturedHeap> => ({ ...heap, reading: await kept.get(context) });

  return {
    keep(heaps) {
      for (const { kept } of newest) kept.dispose();
      newest = heaps.map(({ reading, ...heap }) => ({
        ...heap,
        kept: keeper.keep(reading, label),
      }));
    },
    inMemory: (context) =>
      Promise.all(
        newest.filter(({ kept }) => kept.isInMemory).map((heap) => withReading(heap, context)),
      ),
    async main(context) {
      const main = newest.find(({ threadId }) => threadId === 0);
      if (!main) throw noSnapshotYet(label);
      return withReading(main, context);
    },
  };
}
