import { expect, test } from "vitest";
import { readSettings } from "../../../extension/views/editor/settings.ts";
import packageJson from "../../../package.json" with { type: "json" };

const read = (values: Readonly<Record<string, unknown>>) => readSettings((name) => values[name]);
const { properties } = packageJson.contributes.configuration;

test("the defaults are those of package.json", () => {
  const declared = Object.fromEntries(
    Object.entries(properties).map(([name, { default: value }]) => [
      name.replace("leakline.", ""),
      value,
    ]),
  );
  expect(read(declared)).toEqual(read({}));
  expect(read({})).toEqual({
    settings: {
      pollIntervalMs: 2000,
      answerDeadlineMs: 10_000,
      longestUnaskedPauseMs: 5000,
      snapshotFolder: "",
      ignoredRegistries: [],
      nodePath: "",
    },
    problems: [],
  });
});

test("every setting has a description and an order", () => {
  for (const [name, property] of Object.entries(properties)) {
    const text = "description" in property ? property.description : property.markdownDescription;
    expect({ name, length: text.length > 40, order: property.order > 0 }).toEqual({
      name,
      length: true,
      order: true,
    });
  }
});

test.each([
  ["pollInterval", -1, "pollIntervalMs", 2000],
  ["pollInterval", 0.1, "pollIntervalMs", 2000],
  ["pollInterval", "often", "pollIntervalMs", 2000],
  ["answerDeadline", 0, "answerDeadlineMs", 10_000],
  ["longestUnaskedPause", Number.NaN, "longestUnaskedPauseMs", 5000],
  ["snapshotFolder", 7, "snapshotFolder", ""],
  ["ignoredRegistries", ["a", 1], "ignoredRegistries", []],
] as const)(
  "%s can't be %j: the default is used, and the problem names it",
  (name, value, key, used) => {
    const { settings, problems } = read({ [name]: value });
    expect(settings[key]).toEqual(used);
    expect(problems.map(({ setting }) => setting)).toEqual([`leakline.${name}`]);
    expect(problems[0]?.message).toMatch(
      new RegExp(`^leakline\\.${name} must be .+; .+ is used instead\\.$`),
    );
  },
);

test("0 turns the looks off, and is no pause at all", () => {
  const { settings, problems } = read({ pollInterval: 0, longestUnaskedPause: 0 });
  expect([settings.pollIntervalMs, settings.longestUnaskedPauseMs, problems]).toEqual([0, 0, []]);
});
