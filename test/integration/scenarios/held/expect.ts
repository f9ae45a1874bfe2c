import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "An ordinary leak: a cache that never forgets holds registered objects.",
  runs: [
    {
      title: "a cache that never forgets",
      file: "leaky.js",
      expected: [
        {
          kind: "held",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["imageCache"],
        },
      ],
      never: ["queued", "running", "starved", "self-retained"],
    },
    { title: "a cache of weak references", file: "fixed.js", expected: [] },
  ],
};
