export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of the file that vitest's JSON reporter writes. */
export interface VitestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
    /** The file's path. */
    readonly name: string;
    /** Why the file could not be run, or empty. */
    readonly message: string;
  }[];
}

/** Counts tests, and as one failure more whatever failed outside of every test. */
export declare function countVitestResults(results: VitestResults, exitCode: number): TestCounts;

/** A text for each failure: its file and test, and the first lines of its error. */
export declare function failuresIn(results: VitestResults): string[];

/** The same for each test that passed only when it was tried again. */
export declare function retriedIn(results: VitestResults): string[];

/** The last line of `npm test`. */
export declare function formatCounts(counts: TestCounts): string;

export declare function addCounts(first: TestCounts, second: TestCounts): TestCounts;
