import type { Scenario, ScenarioRun } from "../../../build/scenario.ts";

const socketPool = "src/socketPool.ts";

const bundle = (title: string, file: string): ScenarioRun => ({
  title,
  file,
  built: true,
  expected: [
    {
      kind: "running",
      callback: { file: socketPool, mark: "CALLBACK" },
      culprit: { file: socketPool, mark: "CULPRIT" },
      registeredAt: [{ file: socketPool, mark: "REGISTER" }],
      blocks: "queued",
    },
  ],
});

export const scenario: Scenario = {
  summary: "TypeScript modules, bundled and minified: positions are those of the sources.",
  runs: [
    bundle("a CommonJS bundle with a linked map", "external.cjs"),
    bundle("an ESM bundle with a linked map", "external.mjs"),
    bundle("a bundle with an inline map", "inline.cjs"),
    bundle("a map without the sources' text", "withoutContent.cjs"),
  ],
};
