import { UserError } from "./errors.ts";

/** What is the matter with a file that can't be read: it says what to do next. */
export type SnapshotTrouble = "truncated" | "too-large" | "damaged" | "foreign";

function hintFor(trouble: SnapshotTrouble): string {
  switch (trouble) {
    case "truncated":
      return "The process may have ended while V8 was writing it, or the file was copied too early; take the snapshot again.";
    case "too-large":
      return "Take the snapshot while the process holds less, or give the analysis more memory; a small file that says so is damaged.";
    case "damaged":
      return "Something changed the file after V8 wrote it, or another program wrote it; copy it anew, or take the snapshot again.";
    default:
      return "Give a file that V8 wrote: leakline snapshot, v8.writeHeapSnapshot, Chrome DevTools or --heapsnapshot-signal.";
  }
}

/** `detail` says what was expected and found, and at which byte. */
export const brokenSnapshot = (label: string, detail: string, trouble: SnapshotTrouble) =>
  new UserError(
    "input",
    trouble === "truncated" ? "snapshot-truncated" : "snapshot-unreadable",
    `${label} is not a complete heap snapshot: ${detail}`,
    hintFor(trouble),
  );
