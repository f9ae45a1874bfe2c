import type { Scenario, ScenarioRun } from "../../../build/scenario.ts";

const blockedIn = (title: string, file: string): ScenarioRun => ({
  title,
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
});

export const scenario: Scenario = {
  summary: "One cleanup callback does not return; 600 registrations of another package wait.",
  runs: [
    blockedIn("a callback that spins", "spin.js"),
    blockedIn("a callback in Atomics.wait", "atomicsWait.js"),
    blockedIn("a callback blocked under 45 frames", "deepStack.js"),
    {
      title: "a callback with others of its own registry behind it",
      file: "ownQueue.js",
      expected: [
        {
          kind: "running",
          callback: { file: "ownQueue.js", mark: "CALLBACK" },
          culprit: { file: "ownQueue.js", mark: "CULPRIT" },
          blocks: "waiting",
        },
        {
          kind: "queued",
          callback: { file: "ownQueue.js", mark: "CALLBACK" },
          count: "waiting",
        },
      ],
    },
    { title: "a callback that leaves the work to a timer", file: "fixed.js", expected: [] },
  ],
};
