import { describe, expect, test } from "vitest";
import { matchesLock } from "../../setup/dependencies.mjs";
import { npmCommand } from "../../setup/npm.mjs";
import { runSuites, type Suite } from "../../setup/runSuites.mjs";
import {
  countVitestResults,
  failuresIn,
  formatCounts,
  retriedIn,
} from "../../setup/testCounts.mjs";

const testWith = (status: string, fullName = "adds", failureMessages: readonly string[] = []) => ({
  status,
  fullName,
  failureMessages,
});
const fileWith = (
  status: string,
  assertionResults: readonly ReturnType<typeof testWith>[],
  message = "",
) => ({ name: "/checkout/sums.test.ts", status, message, assertionResults });
const results = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [fileWith("passed", [testWith("passed")])],
};

describe("counting vitest's results", () => {
  test("a run without a fault counts its tests", () => {
    expect(countVitestResults(results, 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  });

  test("a file that can't be loaded is a failure, one with a failed test is not one more", () => {
    const testResults = [
      fileWith("failed", []),
      fileWith("failed", [testWith("passed"), testWith("failed")]),
    ];
    const failing = { ...results, numFailedTests: 1, testResults };
    expect(countVitestResults(failing, 1)).toEqual({ passed: 3, failed: 2, skipped: 0 });
  });

  test("an error outside of every test is a failure", () => {
    expect(countVitestResults(results, 1).failed).toBe(1);
  });

  test("a project without a test that passed is a failure", () => {
    expect(countVitestResults({ ...results, numPassedTests: 0 }, 0).failed).toBe(1);
  });

  test("skipped tests and those to be written are said", () => {
    const counts = countVitestResults({ ...results, numPendingTests: 1, numTodoTests: 2 }, 0);
    expect(formatCounts(counts)).toBe("3 passed, 0 failed, 3 skipped");
    expect(formatCounts({ passed: 3, failed: 1, skipped: 0 })).toBe("3 passed, 1 failed");
  });
});

test("failures are named with their file, test and the first lines of their error", () => {
  const error = ["\u001b[31mexpected 3 to be 4\u001b[39m", ...Array(40).fill("    at sums")].join(
    "\n",
  );
  const testResults = [
    fileWith("passed", [testWith("passed")]),
    fileWith("failed", [testWith("passed"), testWith("failed", "sums add", [error])]),
    fileWith("failed", [], "Cannot find module './sum.ts'"),
  ];
  expect(failuresIn({ ...results, testResults })).toEqual([
    [
      "/checkout/sums.test.ts › sums add",
      "  expected 3 to be 4",
      ...Array(11).fill("      at sums"),
    ].join("\n"),
    "/checkout/sums.test.ts\n  Cannot find module './sum.ts'",
  ]);
});

test("a test that passed only when it was tried again is named with what it failed with before", () => {
  const testResults = [
    fileWith("passed", [
      testWith("passed"),
      testWith("passed", "sums add", ["expected 3 to be 4"]),
    ]),
    fileWith("failed", [testWith("failed", "sums subtract", ["expected 1 to be 2"])]),
  ];
  expect(retriedIn({ ...results, testResults })).toEqual([
    "/checkout/sums.test.ts › sums add\n  expected 3 to be 4",
  ]);
});

describe("running suites", () => {
  const suite = (name: string, passed: number, failed: number, needs: string[] = []): Suite => ({
    name,
    needs,
    run: async () => ({ passed, failed, skipped: 0 }),
  });
  const outputOf = async (suites: readonly Suite[]) => {
    const lines: string[] = [];
    const exitCode = await runSuites(suites, (line) => lines.push(line));
    return { exitCode, lines, last: lines.at(-1) };
  };

  test("the last line has the counts of all", async () => {
    const { exitCode, last } = await outputOf([suite("types", 1, 0), suite("unit", 7, 0)]);
    expect({ exitCode, last }).toEqual({ exitCode: 0, last: "8 passed, 0 failed" });
  });

  test("one failure fails the run, and the others still run", async () => {
    const { exitCode, last } = await outputOf([suite("lint", 0, 1), suite("unit", 7, 2)]);
    expect({ exitCode, last }).toEqual({ exitCode: 1, last: "7 passed, 3 failed" });
  });

  test("a suite whose need has failed is not run, which is a failure", async () => {
    const late = suite("integration", 5, 0, ["build"]);
    const { exitCode, last, lines } = await outputOf([suite("build", 0, 1), late]);
    expect({ exitCode, last }).toEqual({ exitCode: 1, last: "0 passed, 2 failed" });
    expect(lines).toContainEqual(
      expect.stringMatching(/FAILED integration .*not run: it needs build$/),
    );
  });

  test("a need that no suite before has is not met", async () => {
    const { last } = await outputOf([suite("unit", 1, 0, ["buidl"])]);
    expect(last).toBe("0 passed, 1 failed");
  });

  test("a suite that can't run is a failure and says why", async () => {
    const broken: Suite = {
      name: "unit",
      needs: [],
      run: () => Promise.reject(new Error("vitest is missing")),
    };
    const { exitCode, lines, last } = await outputOf([broken]);
    expect({ exitCode, last }).toEqual({ exitCode: 1, last: "0 passed, 1 failed" });
    expect(lines).toContain("vitest is missing");
  });

  test("what failed is said again at the end, before the counts", async () => {
    const failing: Suite = {
      name: "unit",
      needs: [],
      run: async () => ({ passed: 7, failed: 1, skipped: 0, failures: ["sums.test.ts › adds"] }),
    };
    const { lines } = await outputOf([failing, suite("lint", 1, 0)]);
    expect(lines.slice(-3)).toEqual(["\nsums.test.ts › adds", "", "8 passed, 1 failed"]);
  });

  test("what passed only when it was tried again is counted as passed, and named", async () => {
    const retried: Suite = {
      name: "e2e",
      needs: [],
      run: async () => ({ passed: 7, failed: 0, skipped: 0, retried: ["sums.e2e.ts › adds"] }),
    };
    const { exitCode, lines } = await outputOf([retried]);
    expect(exitCode).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/ok .*all of 7, 1 only when tried again$/));
    expect(lines.slice(-3)).toEqual([
      "\nOnly when tried again: sums.e2e.ts › adds",
      "",
      "7 passed, 0 failed",
    ]);
  });

  test("no other line looks like the last", async () => {
    const { lines } = await outputOf([suite("types", 1, 0), suite("unit", 7, 2)]);
    expect(lines.filter((line) => /\d+ passed, \d+ failed/.test(line))).toHaveLength(1);
  });
});

describe("what is installed", () => {
  const lock = {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/for-windows": { version: "1.0.0", integrity: "sha512-w", optional: true },
  };
  const installed = { "node_modules/a": lock["node_modules/a"] };

  test("agrees with the lock file also without the optional packages of other systems", () => {
    expect(matchesLock(lock, installed)).toBe(true);
  });

  test("doesn't agree when a package is missing, another, changed or too much", () => {
    expect(matchesLock(lock, {})).toBe(false);
    expect(matchesLock(lock, { "node_modules/a": { version: "1.0.1" } })).toBe(false);
    expect(
      matchesLock(lock, { "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } }),
    ).toBe(false);
    expect(matchesLock(lock, { ...installed, "node_modules/b": { version: "1.0.0" } })).toBe(false);
  });
});

describe("npm is started", () => {
  test("as the one that runs us, when one does", () => {
    expect(npmCommand({ npm_execpath: "/lib/npm/bin/npm-cli.js" }, "linux")).toEqual({
      command: process.execPath,
      firstArguments: ["/lib/npm/bin/npm-cli.js"],
      shell: false,
    });
  });

  test("from the PATH otherwise, on Windows through a shell", () => {
    expect(npmCommand({ npm_execpath: "/lib/yarn.js" }, "linux").command).toBe("npm");
    expect(npmCommand({}, "win32")).toMatchObject({ command: "npm", shell: true });
  });
});
