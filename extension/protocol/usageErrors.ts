import { UserError } from "./errors.ts";

/** `command` is what to ask for help, for instance `leakline blocked`. */
export const wrongUsage = (problem: string, command: string) =>
  new UserError("input", "wrong-usage", problem, `See ${command} --help.`);

export const noTarget = (hint: string) =>
  new UserError("input", "no-target", "No TARGET was given.", hint);

export const fileExists = (path: string) =>
  new UserError(
    "input",
    "file-exists",
    `${path} exists already.`,
    "Choose another name, or replace it with --force.",
  );

export const needsProcess = (label: string) =>
  new UserError(
    "input",
    "needs-process",
    `${label} is a snapshot file already.`,
    "Give the pid or the inspector address of a running process, or read the file: leakline blocked FILE.",
  );

/** The user was not there to be asked and had not allowed so much beforehand. */
export const snapshotNeedsConsent = (
  price: string,
  estimatedPauseMs: number | null,
  maxPauseSeconds: number,
) =>
  new UserError(
    "input",
    "needs-consent",
    `A snapshot ${price}, which is more than was allowed (--max-pause ${maxPauseSeconds}).`,
    estimatedPauseMs === null
      ? "Allow it with --yes."
      : `Allow it with --yes, or with --max-pause ${Math.ceil(estimatedPauseMs / 1000) + 1}.`,
  );

export const cannotWriteOutput = (reason: string) =>
  new UserError(
    "input",
    "cannot-write-output",
    `The result can't be written to standard output: ${reason}.`,
    "Check the disk, or write it to another place.",
  );

export const cannotStartAnalysis = (reason: string) =>
  new UserError(
    "internal",
    "cannot-start",
    `Leakline can't start its analysis process: ${reason}.`,
    "Reinstall Leakline, or check the limits on processes and memory.",
  );

export const closingTookTooLong = () =>
  new UserError(
    "internal",
    "closing-took-too-long",
    "The target did not let go in time.",
    "Nothing stays paused: our connections end with us. An inspector that Leakline opened may stay open.",
  );

export const snapshotDeclined = () =>
  new UserError(
    "input",
    "snapshot-declined",
    "No snapshot was taken.",
    "Nothing was written, and the process was only looked at.",
  );

export const demoFailed = (reason: string) =>
  new UserError(
    "target",
    "demo-failed",
    `The demo program did not get ready: ${reason}.`,
    "Run it again; if it fails again, check that worker threads and local ports are allowed here.",
  );
