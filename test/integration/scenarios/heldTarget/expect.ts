import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "FR01: the held value has the target in a property; 7 more are in use.",
  runs: [
    {
      title: "a held value that refers to its target",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["file"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "a held value with the descriptor only", file: "fixed.js", expected: [] },
  ],
};
