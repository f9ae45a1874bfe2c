import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "500 registrations wait behind a blocked callback; a healthy twin is freshGarbage.",
  runs: [
    {
      title: "500 registrations behind a blocked callback",
      file: "leaky.js",
      expected: [
        {
          kind: "running",
          callback: { file: "leaky.js", mark: "CALLBACK" },
          culprit: { file: "leaky.js", mark: "CULPRIT" },
          registeredAt: [{ file: "leaky.js", mark: "REGISTER" }],
          blocks: "queued",
        },
        { kind: "queued", count: "queued" },
      ],
      note: "With a path as an argument it writes its own snapshot there, for the case of a file.",
    },
  ],
};
