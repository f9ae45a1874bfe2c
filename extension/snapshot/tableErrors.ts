import { SnapshotFormatError } from "./snapshotFormatError.ts";

/** `really` says how many there are of what the header's `declared` promises. */
export function badCount(
  section: "nodes" | "edges",
  declared: number,
  really: string,
  byteOffset: number,
): SnapshotFormatError {
  return new SnapshotFormatError(
    "bad-count",
    byteOffset,
    `The header promises ${declared} ${section}, but ${really}`,
  );
}

/** `row` is 0-based; `problem` says what its value was and what it could have been. */
export function outOfRange(
  section: string,
  row: number,
  problem: string,
  byteOffset: number,
): SnapshotFormatError {
  return new SnapshotFormatError(
    "out-of-range",
    byteOffset,
    `Row ${row} of the "${section}" section ${problem}`,
  );
}

export function brokenRow(section: string, byteOffset: number): SnapshotFormatError {
  return new SnapshotFormatError(
    "bad-count",
    byteOffset,
    `The "${section}" section ends in the middle of a row`,
  );
}
