import { SnapshotFormatError } from "./snapshotFormatError.ts";

type Section = "nodes" | "edges" | "locations";

export function badCount(
  section: Section,
  declared: number,
  really: "more" | "fewer",
  byteOffset: number,
): SnapshotFormatError {
  return new SnapshotFormatError(
    "bad-count",
    byteOffset,
    `The header promises ${declared} ${section}, but there are ${really}.`,
  );
}

/** `row` is 0-based; `problem` says what its value was and what it could have been. */
export function outOfRange(
  section: Section,
  row: number,
  problem: string,
  byteOffset: number,
): SnapshotFormatError {
  return new SnapshotFormatError(
    "out-of-range",
    byteOffset,
    `Row ${row} of the "${section}" section ${problem}.`,
  );
}

export function brokenRow(section: Section, byteOffset: number): SnapshotFormatError {
  return new SnapshotFormatError(
    "bad-count",
    byteOffset,
    `The "${section}" section ends in the middle of a row at byte ${byteOffset}.`,
  );
}
