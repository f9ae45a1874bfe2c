import type { Scenario, ScenarioRun } from "../../../build/scenario.ts";

const hoggedBy = (what: string, file: string): ScenarioRun => ({
  title: what,
  file,
  expected: [{ kind: "starved", culprit: { file, mark: "CULPRIT" }, blocks: "queued" }],
  never: ["running"],
});

const ambiguousAfterCallback =
  "From Node 24 on the stack is the same as that of the cleanup callback at work: without proof, `unknown` or `starved`.";

export const scenario: Scenario = {
  summary: "Something that is no cleanup callback hogs the thread while 150 registrations wait.",
  runs: [
    hoggedBy("an async function resumed after an await", "afterAwait.js"),
    hoggedBy("an async function that a cleanup callback calls too", "namedLikeCleanup.js"),
    hoggedBy("a cleanup callback that a timer called by hand", "callbackCalledByHand.js"),
    {
      ...hoggedBy("an async cleanup callback called by hand, resumed", "callbackResumed.js"),
      note: ambiguousAfterCallback,
    },
    hoggedBy("a timer", "timer.js"),
    hoggedBy("a timer's function without a name", "bareTimer.js"),
    hoggedBy("a socket's handler", "socket.js"),
    hoggedBy("a microtask flood of bare awaits", "microtasks.js"),
    hoggedBy("a microtask flood that works", "microtaskWork.js"),
    hoggedBy("a flood of nextTick", "ticks.js"),
    hoggedBy("a promise's reaction", "promiseThen.js"),
    hoggedBy("an event listener named cleanup", "emitter.js"),
    hoggedBy("the main module itself", "startUp.cjs"),
    { title: "work that lets the event loop have its turns", file: "fixed.js", expected: [] },
  ],
};
