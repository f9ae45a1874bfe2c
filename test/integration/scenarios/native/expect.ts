import type { Scenario } from "../../../build/scenario.ts";

const silent = "The thread answers nobody: only the operating system tells. No hang, exit code 3.";

export const scenario: Scenario = {
  summary: "The main thread is inside native code.",
  runs: [
    {
      title: "execSync in a timer",
      file: "execSync.js",
      expected: [],
      never: ["running", "starved"],
      note: silent,
    },
    {
      title: "spawnSync in a timer",
      file: "spawnSync.js",
      expected: [],
      never: ["running", "starved"],
      note: silent,
    },
    {
      title: "a system call that blocks",
      file: "readSync.js",
      expected: [],
      never: ["running", "starved"],
      note: silent,
    },
    { title: "execFile, which does not block", file: "fixed.js", expected: [] },
  ],
};
