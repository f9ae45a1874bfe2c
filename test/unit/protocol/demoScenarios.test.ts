import { expect, test } from "vitest";
import { demoScenarios, parseDemoAnnouncement } from "../../../extension/protocol/demoScenarios.ts";

const facts = { pid: 7, registered: 1090, dropped: 1050, freed: 300, live: 40 };
const line = (changes: object) =>
  JSON.stringify({ demo: "blocked", ready: true, ...facts, ...changes });

test("an announcement is read with its counts", () => {
  expect(parseDemoAnnouncement(line({}))).toEqual({ demo: "blocked", ...facts });
});

test("anything else on the demo's stdout is not an announcement", () => {
  const others = [
    "",
    "listening on 127.0.0.1",
    "null",
    "[1]",
    "{",
    line({ ready: false }),
    line({ demo: "unheard of" }),
    line({ demo: "toString" }),
    line({ freed: "300" }),
    line({ freed: -1 }),
    line({ live: 0.5 }),
    line({ registered: undefined }),
  ];
  expect(others.map(parseDemoAnnouncement)).toEqual(others.map(() => null));
});

test("each scenario says how many registrations its verdict is about", () => {
  const counts = demoScenarios.map(({ name, expectedKind, expectedCount }) => [
    name,
    expectedKind,
    expectedCount({ demo: name, ...facts }),
  ]);
  expect(counts).toEqual([
    ["blocked", "running", 750],
    ["self-retained", "self-retained", 750],
    ["ordinary", "held", 40],
  ]);
});
