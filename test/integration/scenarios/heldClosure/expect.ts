import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "FR03: the held value is a closure that uses `this`, the target.",
  runs: [
    {
      title: "a held closure that captures its target",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["this"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "a held closure that captures the descriptor only", file: "fixed.js", expected: [] },
  ],
};
