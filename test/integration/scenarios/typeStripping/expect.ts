import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "A TypeScript file that Node runs by itself, with its types stripped.",
  runs: [
    {
      title: "TypeScript without a build",
      file: "leaky.ts",
      // Node 20 does not run TypeScript.
      nodeMajors: [22, 24, 26],
      expected: [
        {
          kind: "running",
          callback: { file: "leaky.ts", mark: "CALLBACK" },
          culprit: { file: "leaky.ts", mark: "CULPRIT" },
          registeredAt: [{ file: "leaky.ts", mark: "REGISTER" }],
          blocks: "queued",
        },
      ],
    },
  ],
};
