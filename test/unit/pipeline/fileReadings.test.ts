import { expect, test } from "vitest";
import { createFileReadings, type FileReading } from "../../../extension/pipeline/fileReadings.ts";

const reading = (snapshotBytes: number) => ({ snapshotBytes }) as FileReading;
const version = { size: 7, modifiedMs: 1000 };

test("a reading is found again for the same content only", () => {
  const readings = createFileReadings();
  readings.keep("/a", version, reading(1));
  expect(readings.find("/a", version)).toEqual(reading(1));
  expect(readings.find("/b", version)).toBeNull();
  expect(readings.find("/a", { ...version, modifiedMs: 1001 })).toBeNull();
  readings.keep("/a", version, reading(2));
  expect(readings.find("/a", { ...version, size: 8 })).toBeNull();
});

test("the one that nobody asked for the longest is dropped", () => {
  const readings = createFileReadings(2);
  readings.keep("/a", version, reading(1));
  readings.keep("/b", version, reading(2));
  readings.find("/a", version);
  readings.keep("/c", version, reading(3));
  expect(readings.find("/b", version)).toBeNull();
  expect(readings.find("/a", version)).toEqual(reading(1));
  expect(readings.find("/c", version)).toEqual(reading(3));
});
