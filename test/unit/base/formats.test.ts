import { expect, test } from "vitest";
import { formatBytes } from "../../../extension/base/byteSize.ts";
import { formatCount, formatCountOf } from "../../../extension/base/count.ts";
import { withDeadline } from "../../../extension/base/deadline.ts";
import { formatDuration } from "../../../extension/base/duration.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.00 kB"],
  [9995, "10.0 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [1_720_000_000, "1.72 GB"],
  [5_000_000_000_000_000, "5000 TB"],
])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, "0 ms"],
  [999.9, "999 ms"],
  [1000, "1.0 s"],
  [9999, "9.9 s"],
  [10_000, "10 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [192_400, "3 min 12 s"],
  [3_599_999, "59 min 59 s"],
  [7_500_000, "2 h 5 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms are %s, never rounded up", (elapsedMs, text) =>
  expect(formatDuration(elapsedMs)).toBe(text),
);

test("counts are grouped and named", () => {
  expect(formatCount(5000)).toBe("5,000");
  expect(formatCountOf(1, "registration")).toBe("1 registration");
  expect(formatCountOf(0, "registry", "registries")).toBe("0 registries");
});

test("work in time settles as it does; late work is a timeout", async () => {
  const late = () => new Error("late");
  expect(await withDeadline(Promise.resolve(7), 1000, late)).toBe(7);
  await expect(withDeadline(Promise.reject(new Error("own")), 1000, late)).rejects.toThrow("own");
  await expect(withDeadline(new Promise(() => {}), 1, late)).rejects.toThrow("late");
});
