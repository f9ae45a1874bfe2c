import type { Scenario, ScenarioRun } from "../../../build/scenario.ts";

const file = "leaky.js";

const blockedAt = (megabytes: number): ScenarioRun => ({
  title: `a callback that spins, at ${megabytes} MB of heap`,
  file,
  args: [String(megabytes)],
  nodeFlags: [`--max-old-space-size=${megabytes + 1000}`],
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
  summary: "The stack of a blocked callback costs the same whatever the heap's size.",
  runs: [
    blockedAt(300),
    { ...blockedAt(1700), note: "Look only: a snapshot would take a minute." },
  ],
};
