import { expect, test } from "vitest";
import { snapshotPrice } from "../../../extension/pipeline/snapshotPrice.ts";
import { look } from "../../build/reportParts.ts";

const plenty = 64e9;
const price = (
  estimatedPauseMs: number | null,
  estimatedMemoryBytes: number | null,
  maxPauseSeconds: number,
  availableBytes = plenty,
) =>
  snapshotPrice(
    { ...look().capture, estimatedPauseMs, estimatedMemoryBytes },
    maxPauseSeconds,
    availableBytes,
  );

test("a pause under the limit is affordable, one at the limit is not", () => {
  expect(price(4999, 1e9, 5).tooHigh).toBe(false);
  expect(price(5000, 1e9, 5).tooHigh).toBe(true);
  expect(price(1, null, 0).tooHigh).toBe(true);
});

test("an unknown pause is too high for any limit", () => {
  expect(price(null, null, 86_400)).toEqual({
    text: "stops the process for a time that can't be estimated",
    tooHigh: true,
  });
});

test("a snapshot that needs more memory than there is costs too much, and says so", () => {
  expect(price(100, 3.1e9, 5, 1.2e9)).toEqual({
    text: "stops the process for about 100 ms and needs about 3.10 GB of memory (1.20 GB are free)",
    tooHigh: true,
  });
});
