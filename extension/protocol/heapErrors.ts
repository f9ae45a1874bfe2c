import { UserError } from "./errors.ts";

const input = (code: string, message: string, hint: string) =>
  new UserError("input", code, message, hint);

export const noSuchObject = (objectId: number, label: string) =>
  input(
    "no-such-object",
    `${label} has no object @${objectId}.`,
    "Object ids are those of one process: leakline summary FILE shows some of this snapshot's.",
  );

/** `near` are names that may have been meant. */
export const noSuchClass = (name: string, near: readonly string[], label: string) =>
  input(
    "no-such-class",
    `${label} has no object of a class ${name}.`,
    near.length === 0
      ? "leakline summary FILE --filter TEXT finds the names of classes."
      : `Did you mean ${near.join(", ")}? leakline summary FILE --filter TEXT finds more.`,
  );

/** A command that reads a file was given a process. */
export const needsFile = (target: string) =>
  input(
    "needs-file",
    `${target} is a process, and this reads a heap snapshot file.`,
    `Write one first: leakline snapshot ${target} -o app.heapsnapshot`,
  );

export const noSnapshotYet = (label: string) =>
  input(
    "no-snapshot-yet",
    `No snapshot of ${label} has been taken.`,
    "Take one first; then it can be asked.",
  );

/** A file's heap would be read again; a process's is gone. */
export const heapDropped = (label: string) =>
  input(
    "heap-dropped",
    `The snapshot of ${label} was dropped to make room for newer ones.`,
    "Take another snapshot.",
  );
