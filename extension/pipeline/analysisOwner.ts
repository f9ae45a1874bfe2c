import type { Analysis } from "../protocol/analysisApi.ts";
import type { UserError } from "../protocol/errors.ts";

/** The one analysis process of a window: started with the first question, and anew after it ended. */
export interface AnalysisOwner {
  /** The running one. Rejects with what starting it throws. */
  running(): Promise<Analysis>;
  /** Whether this one is still the running one: its targets are gone with it. */
  isRunning(analysis: Analysis): boolean;
  /** Told when it ended although nobody asked for that. */
  onLost(listener: (error: UserError) => void): void;
  /** Puts every target back as it was. No other is started afterwards. */
  dispose(): Promise<void>;
}

/** `start` makes a new analysis process; it is not called before somebody asks a question. */
export function createAnalysisOwner(start: () => Promise<Analysis>): AnalysisOwner {
  const listeners = new Set<(error: UserError) => void>();
  let current: Analysis | undefined;
  let starting: Promise<Analysis> | undefined;
  let isDisposed = false;

  const startAnew = async (): Promise<Analysis> => {
    const started = await start();
    if (isDisposed) {
      await started.dispose();
      throw new Error("The window is closing.");
    }
    current = started;
    void started.ended.then((error) => {
      if (current !== started) return;
      current = undefined;
      for (const listener of listeners) listener(error);
    });
    return started;
  };

  return {
    async running() {
      if (isDisposed) throw new Error("The window is closing.");
      if (current) return current;
      starting ??= startAnew().finally(() => {
        starting = undefined;
      });
      return starting;
    },
    isRunning: (analysis) => analysis === current,
    onLost: (listener) => void listeners.add(listener),
    async dispose() {
      isDisposed = true;
      await starting?.catch(() => {});
      const ending = current;
      current = undefined;
      await ending?.dispose();
    },
  };
}
