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

/**
 * The bytes are not a complete heap snapshot as V8 writes it. The message is one line for the user and ends with the
 * place in the file.
 */
export class SnapshotFormatError extends Error {
  override readonly name = "SnapshotFormatError";
  readonly reason: SnapshotFormatReason;
  /** Bytes from the start of the file to the place where it was noticed. */
  readonly byteOffset: number;

  /** `problem` says what was found and what could have been, without a full stop. */
  constructor(reason: SnapshotFormatReason, byteOffset: number, problem: string) {
    super(`${problem} (byte ${byteOffset}).`);
    this.reason = reason;
    this.byteOffset = byteOffset;
  }
}
