import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInTerminal } from "./childProcess.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureEditor } from "./editor.mjs";
import { ensureIntegrationPackages } from "./integrationPackages.mjs";
import { ensureNodeVersions } from "./nodeVersions.mjs";
import { npmCommand } from "./npm.mjs";
import { countVitestResults, failuresIn, retriedIn } from "./testCounts.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (text) => console.log(text);

/** All that `npm test` runs, in this order; what `needs` names must have passed before. */
export const suites = [
  { name: "dependencies", needs: [], run: () => preparation(ensureDependencies(root, say)) },
  { name: "types", needs: ["dependencies"], run: () => script("types") },
  { name: "lint", needs: ["dependencies"], run: () => script("lint") },
  { name: "unit", needs: ["dependencies"], run: () => vitestProject("unit") },
  { name: "build", needs: ["dependencies"], run: () => script("build") },
  { name: "Node versions", needs: [], run: () => preparation(ensureNodeVersions(say)) },
  { name: "packages", needs: [], run: () => preparation(ensureIntegrationPackages(say)) },
  {
    name: "integration",
    needs: ["build", "Node versions", "packages"],
    run: () => vitestProject("integration"),
  },
  { name: "editor", needs: [], run: () => preparation(ensureEditor(say)) },
  {
    name: "e2e",
    needs: ["build", "Node versions", "packages", "editor"],
    run: () => vitestProject("e2e"),
  },
];

const nothing = { passed: 0, failed: 0, skipped: 0 };

/** Installing is no test: it counts only when it fails. */
async function preparation(work) {
  await work;
  return nothing;
}

/** A script of package.json, as one check. */
async function script(name) {
  const { command, firstArguments, shell } = npmCommand();
  const exitCode = await runInTerminal(command, [...firstArguments, "run", "--silent", name], {
    cwd: root,
    shell,
  });
  return { ...nothing, passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1 };
}

/** A project of vitest.config.ts: people read the terminal, we read the file. */
async function vitestProject(project) {
  const results = join(tmpdir(), `leakline-${project}-${randomUUID()}.json`);
  try {
    const exitCode = await runInTerminal(
      process.execPath,
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        ...["run", "--project", project],
        ...["--reporter=default", "--reporter=json", `--outputFile.json=${results}`],
      ],
      { cwd: root },
    );
    const outcome = JSON.parse(await readFile(results, "utf8"));
    return {
      ...countVitestResults(outcome, exitCode),
      failures: failuresIn(outcome),
      retried: retriedIn(outcome),
    };
  } finally {
    await rm(results, { force: true });
  }
}
