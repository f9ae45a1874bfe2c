import { UserError } from "./errors.ts";

/** `detail` says how it ended, for instance the signal or exit code. */
export const analysisOutOfMemory = (detail: string) =>
  new UserError(
    "internal",
    "analysis-out-of-memory",
    `Leakline's analysis process ran out of memory (${detail}).`,
    "Close other programs or read the snapshot on a machine with more memory; nothing else was lost.",
  );

/** The analysis process ended under us; `said` is the end of what it wrote to its stderr. */
export const analysisEnded = (detail: string, said: string) =>
  new UserError(
    "internal",
    "analysis-ended",
    `Leakline's analysis process ended unexpectedly (${detail}).`,
    `Run the command again; if it happens again, report it${said === "" ? "." : ` with this: ${said.trim()}`}`,
  );

/** Whoever started the analysis has disposed it. */
export const analysisClosed = () =>
  new UserError(
    "internal",
    "analysis-closed",
    "Leakline's analysis process was closed.",
    "Nothing is lost: the next question starts another.",
  );

export const unknownTargetId = (id: number) =>
  new UserError(
    "internal",
    "unknown-target",
    `There is no open target ${id}.`,
    "It was closed, or the analysis process was restarted: open it again.",
  );

export const nothingToLookAt = (label: string) =>
  new UserError(
    "input",
    "nothing-to-look-at",
    `${label} is a file: there is no running process to look at.`,
    "Read it instead: leakline blocked FILE.",
  );

export const cannotReadFile = (path: string, reason: string) =>
  new UserError(
    "input",
    "cannot-read-file",
    `${path} can't be read: ${reason}.`,
    "Check the path and its permissions.",
  );

export const cannotWriteFile = (path: string, reason: string) =>
  new UserError(
    "input",
    "cannot-write-file",
    `${path} can't be written: ${reason}.`,
    "Choose another place with -o FILE.",
  );

/** Pages of something that was not read. */
export const noSuspendedReading = () =>
  new UserError(
    "input",
    "no-suspended-reading",
    "No asynchronous stacks of this target were read.",
    "Ask for its suspended functions first.",
  );
