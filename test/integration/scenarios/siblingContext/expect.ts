import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "FR04: a sibling closure puts the target into the context that the held closure shares.",
  runs: [
    {
      title: "a held closure whose context holds its target",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["table"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    {
      title: "the same, where the target is `this`",
      file: "leakyClass.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leakyClass.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leakyClass.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["this"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "a held closure with a context of its own", file: "fixed.js", expected: [] },
  ],
};
