import { setImmediate as nextTurn } from "node:timers/promises";
import type { AnalysisEvent } from "../protocol/analysisApi.ts";
import type { CallContext } from "../protocol/rpc.ts";

/**
 * Does one long piece of work, and tells what it is. Rejects with the signal's reason instead of beginning. The work
 * may call `checkpoint` every now and then, which throws when the call was cancelled meanwhile.
 */
export type Pass = <Result>(
  phase: string,
  work: (checkpoint: () => void) => Result,
) => Promise<Result>;

export function createPass({
  signal,
  emit,
  checkpoint = () => {},
}: CallContext<AnalysisEvent>): Pass {
  return async (phase, work) => {
    emit({ kind: "progress", phase, fraction: null });
    // Lets a cancel message in and the progress out before the work takes the thread.
    await nextTurn();
    signal.throwIfAborted();
    return work(checkpoint);
  };
}
