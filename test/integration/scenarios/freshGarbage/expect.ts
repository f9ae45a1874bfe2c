import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "500 registered objects are dropped right before the reading, in a healthy process.",
  runs: [
    {
      title: "fresh garbage",
      file: "program.js",
      expected: [],
      never: ["queued", "running", "starved"],
      note: "Send `drop` right before the reading, or `snapshot PATH` for the case of a file.",
    },
  ],
};
