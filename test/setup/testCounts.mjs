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

/** The last line of `npm test`. */
export const formatCounts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

export const addCounts = (first, second) => ({
  passed: first.passed + second.passed,
  failed: first.failed + second.failed,
  skipped: first.skipped + second.skipped,
});
