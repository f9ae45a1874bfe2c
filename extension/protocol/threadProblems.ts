import { formatCountOf } from "../base/count.ts";
import { mainThreadInNativeCode, mainThreadSilent } from "./problemCodes.ts";
import type { Problem } from "./report.ts";

/** `detail` is the operating system's view of the thread, in one sentence. */
export const nativeProblem = (detail: string, signalPending: boolean): Problem => ({
  code: mainThreadInNativeCode,
  message: `The main thread is in native code: it ${detail || "gives no answer"}.`,
  hint: `While native code runs, the inspector answers nothing, so neither the JavaScript stack nor the queues can be read; try again when it returns.${
    signalPending
      ? " SIGUSR1 is already sent: the inspector opens when the native code returns, and Leakline closes it when it leaves."
      : ""
  }`,
});

export const silentProblem = (label: string): Problem => ({
  code: mainThreadSilent,
  message: `The main thread of ${label} gave no answer within the deadline.`,
  hint: "It may run native code or a long garbage collection; try again with a longer --timeout.",
});

/** Some text of a script that a report needs could not be had in time. */
export const textsMissing = (): Problem => ({
  code: "source-texts-missing",
  message: "The text of some scripts could not be read: the process gave no answer in time.",
  hint: "Positions may be those of generated code, and lines that call register may be missing; read again, or with a longer --timeout.",
});

/** A debugger's proxy stands for one thread. */
export const workersNotSeen = (): Problem => ({
  code: "workers-not-seen",
  message: "Worker threads are not shown: the process is reached through its debugger's proxy.",
  hint: "Where its inspector can be reached, give its host:port or pid to see all threads.",
});

/** A snapshot stops each thread that it is taken of. */
export const workersNotRead = (workers: number): Problem => ({
  code: "workers-not-read",
  message: `${formatCountOf(workers, "worker thread was", "worker threads were")} not read.`,
  hint: "With --workers their snapshots are taken too, one after the other.",
});

export const pausedProblem = (): Problem => ({
  code: "paused-by-debugger",
  message: "The main thread is paused by a debugger, so no cleanup callback can run.",
  hint: "Let it go on and read again: what waits now says nothing about finalizers.",
});
