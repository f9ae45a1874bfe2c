import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "5,000 callbacks of one registry run back to back, 4 ms each: 20 s without a turn.",
  runs: [
    {
      title: "5,000 callbacks of 4 ms",
      file: "leaky.js",
      expected: [
        {
          kind: "running",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          culprit: { file: "leaky.js", mark: "CULPRIT" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          isBatch: true,
        },
      ],
      note: "`queued` registrations of another package wait behind what is left of the batch.",
    },
    { title: "5,000 callbacks that take no time", file: "fixed.js", expected: [] },
  ],
};
