import type { Scenario } from "../../../build/scenario.ts";

export const scenario: Scenario = {
  summary: "A real package: p-throttle 7.0.0 keeps every throttled function alive, 8.1.1 does not.",
  runs: [
    {
      title: "p-throttle 7.0.0",
      file: "program.js",
      package: { name: "p-throttle", version: "7.0.0" },
      expected: [{ kind: "self-retained", count: "leaked", pathThrough: ["throttled"] }],
      note: "Positions are in node_modules/p-throttle/index.js: the callback at line 1, `registry.register(throttled, …)` among the register lines.",
    },
    {
      title: "p-throttle 8.1.1",
      file: "program.js",
      package: { name: "p-throttle", version: "8.1.1" },
      expected: [],
      never: ["self-retained"],
    },
  ],
};
