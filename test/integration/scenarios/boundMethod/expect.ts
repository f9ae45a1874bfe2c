import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "FR05: the held value is a method bound to its target.",
  runs: [
    {
      title: "a bound method as the held value",
      file: "leaky.js",
      expected: [
        {
          kind: "self-retained",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          count: "leaked",
          pathThrough: ["bound this"],
        },
      ],
      never: ["queued", "running", "starved"],
    },
    { title: "a static method bound to an id", file: "fixed.js", expected: [] },
  ],
};
