import type { Scenario } from "../../../build/scenario.ts";

const file = "leaky.js";

export const scenario: Scenario = {
  summary: "A million registrations, 400,000 of them behind a blocked callback.",
  runs: [
    {
      title: "a million registrations",
      file,
      expected: [
        {
          kind: "running",
          callback: { file, mark: "CALLBACK" },
          culprit: { file, mark: "CULPRIT" },
          registeredAt: [{ file, mark: "REGISTER" }],
          blocks: "queued",
        },
      ],
    },
  ],
};
