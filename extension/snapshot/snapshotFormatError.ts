/** What is wrong with the bytes of a snapshot. */
export type SnapshotFormatReason =
  | "empty"
  | "not-json"
  | "not-a-snapshot"
  | "truncated"
  | "bad-count"
  | "out-of-range"
  | "missing-field"
  | "missing-section"
  | "too-large";

/** The bytes are not a complete heap snapshot as V8 writes it. The message is one line for the user. */
export class SnapshotFormatError extends Error {
  override readonly name = "SnapshotFormatError";
  readonly reason: SnapshotFormatReason;
  /** Bytes from the start of the file to the place where it was noticed. */
  readonly byteOffset: number;

  constructor(reason: SnapshotFormatReason, byteOffset: number, message: string) {
    super(message);
    this.reason = reason;
    this.byteOffset = byteOffset;
  }
}
