import type { Problem } from "./report.ts";

/** The main thread runs no JavaScript: it waits in a system call or works in native code. */
export const mainThreadInNativeCode = "main-thread-in-native-code";

/** A debugger, a stop signal or a frozen container has stopped the process. */
export const processPaused = "process-paused";

/** The main thread gave no answer and the operating system doesn't say why. */
export const mainThreadSilent = "main-thread-silent";

/**
 * Problems that leave the question itself without an answer: the target was found but can't say
 * what it is doing. A report with one of them ends with exit code 3, whatever else it found.
 */
export const noAnswerProblemCodes: ReadonlySet<string> = new Set([
  mainThreadInNativeCode,
  mainThreadSilent,
  processPaused,
]);

/** The reading stopped at level *Look*: `price` says what a snapshot does to the process. */
export function snapshotNotTaken(
  price: string,
  estimatedPauseMs: number | null,
  maxPauseSeconds: number,
): Problem {
  const enough =
    estimatedPauseMs !== null && estimatedPauseMs >= maxPauseSeconds * 1000
      ? `, or allow the pause with --max-pause ${Math.ceil(estimatedPauseMs / 1000) + 1}`
      : "";
  return {
    code: "snapshot-not-taken",
    message: `No snapshot was taken: it ${price}, which is more than was allowed (--max-pause ${maxPauseSeconds}).`,
    hint: `What waits in the queues is not known without one. Run again with --snapshot${enough}.`,
  };
}
