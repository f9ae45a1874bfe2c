import { array, assert, constantFrom, integer, property, string } from "fast-check";
import displayWidth from "fast-string-width";
import { expect, test } from "vitest";
import { printable } from "../../../extension/base/printable.ts";
import {
  shortenEnd,
  shortenMiddle,
  table,
  wrap,
} from "../../../extension/views/terminal/report/layout.ts";

const seed = 42;
const text = string({ unit: "grapheme", maxLength: 40 }).map(printable);
const widths = integer({ min: 1, max: 30 });

test("a shortened text fits, keeps both ends, and one that fits is left alone", async () => {
  expect(shortenMiddle("/home/ada/shop/node_modules/pool/index.js", 20)).toBe(
    "/home/…pool/index.js",
  );
  expect(shortenMiddle("日本語のとても長いファイル名.ts", 13)).toBe("日本…ル名.ts");
  expect(shortenEnd("日本語", 4)).toBe("日…");
  await assert(
    property(text, widths, (whole, width) => {
      for (const shorten of [shortenMiddle, shortenEnd]) {
        const short = shorten(whole, width);
        expect(displayWidth(short)).toBeLessThanOrEqual(width);
        if (displayWidth(whole) <= width) expect(short).toBe(whole);
      }
    }),
    { seed },
  );
});

test("wrapping loses no word, and only a word alone is wider than the page", async () => {
  const words = array(text.filter((word) => /^[^ ]+$/.test(word)));
  await assert(
    property(words, widths, (all, width) => {
      const lines = wrap(all.join(" "), width);
      expect(lines.join(" ")).toBe(all.join(" "));
      for (const line of lines) {
        if (line.includes(" ")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }),
    { seed },
  );
});

test("continued lines hang below the first", () => {
  expect(wrap("! one two three", 9, "  ")).toEqual(["! one two", "  three"]);
});

test("a table's rows line up and fit where its flexible columns can give way", async () => {
  const columns = [
    { heading: "queued", align: "right" },
    { heading: "callback", flexible: true },
    { heading: "x" },
  ] as const;
  const rows = array(
    constantFrom(["1", "src/a.ts:1:1", "·"], ["1,234", `/${"deep/".repeat(20)}日本.ts:1:1`, "·"]),
    { minLength: 1 },
  );
  await assert(
    property(rows, integer({ min: 30, max: 140 }), (all, width) => {
      const drawn = table(columns, all, width).rows;
      const rowWidths = new Set(drawn.map((row) => displayWidth(row)));
      expect(drawn).toHaveLength(all.length);
      expect(rowWidths.size).toBe(1);
      expect(Math.max(...rowWidths)).toBeLessThanOrEqual(width);
    }),
    { seed },
  );
});
