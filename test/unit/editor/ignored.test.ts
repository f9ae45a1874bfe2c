import { expect, test } from "vitest";
import { createIgnoreReason, parseIgnored } from "../../../extension/views/editor/ignored.ts";
import { finding, place } from "../../build/reportParts.ts";

const undici = finding({
  kind: "self-retained",
  callback: place("/srv/app/node_modules/undici/lib/web.js:12:3", "closeStream"),
});
const reasonBy = (pattern: string) => createIgnoreReason([], [pattern])(undici);

test.each([
  "closeStream",
  "close*",
  "node_modules/undici/*",
  "web.js",
  "lib/web.js:12",
  "*undici*",
])("the pattern %s matches, and is the reason", (pattern) => {
  expect(reasonBy(pattern)).toBe(`the setting leakline.ignoredRegistries has ${pattern}`);
});

test.each(["close", "eb.js", "lib/web.js:1", "undici", "web.j.", "(", "node_modules/undici"])(
  "the pattern %s does not",
  (pattern) => {
    expect(reasonBy(pattern)).toBeNull();
  },
);

test("the user's own word goes before the setting", () => {
  const ignored = [{ id: undici.id, title: "", reason: "fixed in 8.1", since: "" }];
  expect(createIgnoreReason(ignored, ["closeStream"])(undici)).toBe("fixed in 8.1");
});

test("what was stored is checked, and what is no ignored finding is left out", () => {
  const one = { id: "a", title: "b", reason: "c", since: "d" };
  expect(parseIgnored([one, { id: 1 }, null, "x"])).toEqual([one]);
  for (const broken of [undefined, null, {}, "[]", 7]) expect(parseIgnored(broken)).toEqual([]);
});
