import type { Scenario } from "../../../build/scenario.ts";

const file = "blockedWorker.js";

export const scenario: Scenario = {
  summary: "A cleanup callback spins in a worker thread; the main thread is well.",
  runs: [
    {
      title: "a worker's cleanup callback that spins",
      file: "leaky.js",
      expected: [
        {
          kind: "running",
          thread: "worker",
          callback: { file, mark: "CALLBACK" },
          culprit: { file, mark: "CULPRIT" },
          registeredAt: [{ file, mark: "REGISTER" }],
          blocks: "queued",
        },
      ],
    },
    { title: "a worker whose callbacks return", file: "fixed.js", expected: [] },
  ],
};
