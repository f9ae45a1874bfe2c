import { describe, expect, test } from "vitest";
import { healthyProgramFile, healthyPrograms } from "../build/healthyPrograms.ts";
import { aboveInfo, readAsync, readBlocked } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { ensurePackage, nodeVersions } from "../setup/nodeVersions.mjs";

describe("a healthy program has nothing above info", () => {
  for (const [row, program] of healthyPrograms.entries()) {
    for (const [column, nodeMajor] of nodeVersions.entries()) {
      const inspector = (row + column) % 2 === 0 ? "closed" : "open";
      test(`${program.title} (Node ${nodeMajor}, inspector ${inspector})`, async () => {
        const { name, version } = program.package ?? {};
        const running = await startProgram({
          nodeMajor,
          script: healthyProgramFile(program),
          args: name && version ? [await ensurePackage(name, version)] : [],
          inspector,
        });
        const { report, exitCode } = await readBlocked(running.pid);
        expect(aboveInfo(report)).toEqual([]);
        expect(exitCode).toBe(0);
        const suspended = await readAsync(running.pid, ["--snapshot"]);
        expect(suspended.report.findings).toEqual([]);
        expect(suspended.exitCode).toBe(0);
        expect(process.kill(running.pid, 0), "the program lives on").toBe(true);
      });
    }
  }
});
