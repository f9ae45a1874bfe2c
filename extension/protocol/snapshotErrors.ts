import { UserError } from "./errors.ts";

/** `detail` says what was expected and found, and at which byte. */
export const brokenSnapshot = (label: string, detail: string, isTruncated: boolean) =>
  new UserError(
    "input",
    isTruncated ? "snapshot-truncated" : "snapshot-unreadable",
    `${label} is not a complete heap snapshot: ${detail}`,
    isTruncated
      ? "The process may have ended while V8 was writing it, or the file was copied too early; take the snapshot again."
      : "Give a file that V8 wrote: leakline snapshot, v8.writeHeapSnapshot, Chrome DevTools or --heapsnapshot-signal.",
  );
