import type { Scenario, ScenarioRun } from "../../../build/scenario.ts";

const given = (how: string, file: string, callbackFile = file): ScenarioRun => ({
  title: `a callback given as ${how}`,
  file,
  expected: [
    {
      kind: "running",
      callback: { file: callbackFile, mark: "CALLBACK" },
      culprit: { file: callbackFile, mark: "CULPRIT" },
      registeredAt: [{ file, mark: "REGISTER" }],
      blocks: "queued",
    },
  ],
});

export const scenario: Scenario = {
  summary:
    "A cleanup callback spins; it was given to its registry in all the ways people write it.",
  runs: [
    given("an inline arrow function", "inlineArrow.js"),
    given("a method", "method.js"),
    given("a bound method", "boundMethod.js"),
    given("an imported function (ESM)", "importedEsm.mjs", "closeSocketEsm.mjs"),
    given("an imported function (CommonJS)", "importedCjs.cjs", "closeSocketCjs.cjs"),
    given("a static method", "classStatic.js"),
    given("an arrow function, to a subclass", "subclass.js"),
    given("a caller of held functions", "heldFunction.js"),
    given("an async function before its first await", "asyncBeforeAwait.js"),
    given("a variable, to a registry under another name", "variable.js"),
  ],
};
