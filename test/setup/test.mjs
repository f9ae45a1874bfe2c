import { runSuites } from "./runSuites.mjs";
import { suites } from "./suites.mjs";

// `npm test` in a fresh clone: nothing but Node is needed, and this file imports nothing else.
process.exitCode = await runSuites(suites);
