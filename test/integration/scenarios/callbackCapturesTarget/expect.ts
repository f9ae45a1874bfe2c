import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "FR23: the cleanup callback itself captures the target.",
  runs: [
    {
      title: "a cleanup callback that captures its target",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["worker"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "a cleanup callback that gets what it needs", file: "fixed.js", expected: [] },
  ],
};
