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

export function outOfRange(section: Section, byteOffset: number): SnapshotFormatError {
  return new SnapshotFormatError(
    "out-of-range",
    byteOffset,
    `The "${section}" section refers to a type, string or object that does not exist.`,
  );
}

export function brokenRow(section: Section, byteOffset: number): SnapshotFormatError {
  return new SnapshotFormatError(
    "bad-count",
    byteOffset,
    `The "${section}" section ends in the middle of a row at byte ${byteOffset}.`,
  );
}
