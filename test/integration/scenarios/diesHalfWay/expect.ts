import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "The process dies while its snapshot is taken.",
  runs: [
    {
      title: "a process that dies half-way",
      file: "program.js",
      expected: [],
      note: "Send `die MS` (SIGKILL from another thread) or `exit MS` (its own exit code 7), then ask. Exit code 3.",
    },
  ],
};
