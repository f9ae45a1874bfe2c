import { stripVTControlCharacters } from "node:util";

const linesOfError = 12;

/**
 * Counts the tests in what vitest's JSON reporter wrote. A file that can't be loaded, an error
 * outside of every test and a project without tests are failures too, of no test in particular.
 */
export function countVitestResults(results, exitCode) {
  const isFailed = ({ status }) => status === "failed";
  const brokenFiles = results.testResults.filter(
    (file) => isFailed(file) && !file.assertionResults.some(isFailed),
  ).length;
  const passed = results.numPassedTests;
  const failed = results.numFailedTests + brokenFiles;
  const skipped = results.numPendingTests + results.numTodoTests;
  const failedOtherwise = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: failedOtherwise ? 1 : failed, skipped };
}

/**
 * What failed, by file and name, each with the first lines of its error: whoever sees only the end
 * of the output shall not have to guess.
 */
export const failuresIn = (results) =>
  results.testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const ofTests = failed.map(({ fullName, failureMessages }) =>
      failureText(name, fullName, failureMessages.join("\n")),
    );
    return ofTests.length === 0 && message ? [failureText(name, "", message)] : ofTests;
  });

/**
 * Tests that failed and then passed when they were tried again, with the first lines of what they failed with: vitest
 * keeps the errors of all tries.
 */
export const retriedIn = (results) =>
  results.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === "passed" && failureMessages.length > 0)
      .map(({ fullName, failureMessages }) =>
        failureText(name, fullName, failureMessages.join("\n")),
      ),
  );

const failureText = (file, test, message) => {
  const lines = stripVTControlCharacters(message).split("\n").slice(0, linesOfError);
  return [`${file}${test ? ` › ${test}` : ""}`, ...lines.map((line) => `  ${line}`)].join("\n");
};

/** The last line of `npm test`. */
export const formatCounts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

export const addCounts = (first, second) => ({
  passed: first.passed + second.passed,
  failed: first.failed + second.failed,
  skipped: first.skipped + second.skipped,
});
