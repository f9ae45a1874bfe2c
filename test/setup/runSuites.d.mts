import type { TestCounts } from "./testCounts.mjs";

export interface SuiteOutcome extends TestCounts {
  /** A text for each failure, repeated at the end of the output. */
  readonly failures?: readonly string[];
  /** A text for each test that passed only when it was tried again: it is counted as passed, and named. */
  readonly retried?: readonly string[];
}

export interface Suite {
  readonly name: string;
  /** Suites before this one without which it can't run. */
  readonly needs: readonly string[];
  /** Rejecting means that the suite could not run, which is a failure. */
  run(): Promise<SuiteOutcome>;
}

/** Runs the suites in their order, prints the counts as the last line, and resolves to the exit code. */
export declare function runSuites(
  suites: readonly Suite[],
  print?: (line: string) => void,
): Promise<number>;
