import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "A debugger holds the process at a breakpoint.",
  runs: [
    {
      title: "a process that another client has paused",
      file: "program.js",
      expected: [],
      never: ["running", "starved", "queued"],
      note: "Another client sends Debugger.enable and Debugger.pause first. The thread is `paused`.",
    },
  ],
};
