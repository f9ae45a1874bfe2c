import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "Two registries pin each other's targets through their held values.",
  runs: [
    {
      title: "registrations that pin each other",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leakedEach",
          findings: 2,
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "held values that are plain ids", file: "fixed.js", expected: [] },
  ],
};
