import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "A cleanup callback waits for a child process inside execSync.",
  runs: [
    {
      title: "execSync in a cleanup callback",
      file: "leaky.js",
      expected: [],
      note: "The thread answers nobody, so no tool without an agent can name the callback; exit code 3.",
    },
    { title: "execFile in a cleanup callback", file: "fixed.js", expected: [] },
  ],
};
