import { expect, test } from "vitest";
import { parseProbeAnswer } from "../../../extension/process/stackProbe.ts";

const row = (name: string | null, script: string | null, line = 1, column = 2, async = false) => [
  name,
  script,
  line,
  column,
  line,
  1,
  null,
  async,
];
const own = [row("read", "leakline.cdp"), row(null, "leakline.cdp")];

test("our own frames are left out, and everything below is kept in order", () => {
  const text = `17;${JSON.stringify([...own, row("spin", "/app.js"), row("outer", "/app.js", 9, 4, true)])}`;
  const { loopTurns, frames } = parseProbeAnswer(text);
  expect(loopTurns).toBe(17);
  expect(frames.map(({ functionName, async }) => [functionName, async])).toEqual([
    ["spin", false],
    ["outer", true],
  ]);
});

test("a builtin has a name and no place", () => {
  const builtin = ["cleanupSome", null, null, null, null, null, "FinalizationRegistry", false];
  const [frame] = parseProbeAnswer(`;${JSON.stringify([...own, builtin])}`).frames;
  expect(frame).toEqual({
    functionName: "cleanupSome",
    script: null,
    line: null,
    column: null,
    functionLine: null,
    functionColumn: null,
    typeName: "FinalizationRegistry",
    async: false,
  });
});

test("an idle thread has no frames, and a Node without a turn counter gives null", () => {
  expect(parseProbeAnswer(`;${JSON.stringify(own)}`)).toEqual({ loopTurns: null, frames: [] });
});

test("what is not a stack is an error, not an idle thread", () => {
  expect(() => parseProbeAnswer("3;{}")).toThrow("without a stack");
  expect(() => parseProbeAnswer("3;[")).toThrow();
});
