import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import CDP from "chrome-remote-interface";
import { describe, expect, onTestFinished, test } from "vitest";
import { aboveInfo, readBlocked, runLeakline } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { markedLines, scenarioFile } from "../build/scenario.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

describe.each(nodeVersions)("on Node %i", (nodeMajor) => {
  test.each(["execSync.js", "spawnSync.js", "readSync.js"])(
    "a main thread in native code (%s) is said to be there, with what it waits for, and nothing hangs",
    async (file) => {
      const program = await startProgram({
        nodeMajor,
        script: scenarioFile("native", file),
        inspector: "closed",
      });
      const { report, exitCode, elapsedMs } = await readBlocked(program.pid);
      expect(exitCode).toBe(3);
      expect(report.problems.map(({ code }) => code)).toEqual(["main-thread-in-native-code"]);
      expect(report.problems[0]?.message).toMatch(
        file === "readSync.js" ? /waits in read/ : /child process \d+ "/,
      );
      expect(report.threads[0]?.state).toBe("native");
      expect(
        report.findings.filter(({ kind }) => kind === "running" || kind === "starved"),
      ).toEqual([]);
      expect(elapsedMs).toBeLessThan(8000);
      // A signal would break off a blocking read, which can end the program, or open the inspector
      // later, when nobody is there to close it.
      expect(program.stderr()).toBe("");
      expect(process.kill(program.pid, 0)).toBe(true);
    },
  );

  test("a main thread in native code behind an open inspector is recognised as well", async () => {
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("nativeInCallback", "leaky.js"),
      inspector: "open",
    });
    const { report, exitCode } = await readBlocked(program.pid);
    expect(exitCode).toBe(3);
    expect(report.problems.map(({ code }) => code)).toEqual(["main-thread-in-native-code"]);
  });

  test("a process that another client holds at a breakpoint is paused, stays so, and goes on when that client says", async () => {
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("atBreakpoint", "program.js"),
      inspector: "open",
    });
    const debuggerClient = await CDP({ port: program.port, local: true });
    onTestFinished(() => debuggerClient.close());
    let resumed = false;
    debuggerClient.on("Debugger.resumed", () => {
      resumed = true;
    });
    await debuggerClient.send("Debugger.enable");
    const paused = new Promise((resolve) => debuggerClient.on("Debugger.paused", resolve));
    await debuggerClient.send("Debugger.pause");
    await paused;
    const { report, exitCode } = await readBlocked(program.pid);
    expect(report.threads[0]?.state).toBe("paused");
    expect(report.problems.map(({ code }) => code)).toEqual(["paused-by-debugger"]);
    expect(aboveInfo(report)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(resumed, "Leakline let the process go on").toBe(false);
    await debuggerClient.send("Debugger.resume");
    await expect.poll(() => resumed).toBe(true);
  });

  test("garbage dropped right before the reading is nothing to worry about, live and from the file", async () => {
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("freshGarbage", "program.js"),
      inspector: "open",
    });
    program.send("drop");
    await program.waitForAnnouncement((one) => one["dropped"] === 500);
    const live = await readBlocked(program.pid);
    expect(aboveInfo(live.report)).toEqual([]);
    expect(live.exitCode).toBe(0);

    const again = await startProgram({
      nodeMajor,
      script: scenarioFile("freshGarbage", "program.js"),
      inspector: "open",
    });
    const folder = await mkdtemp(join(tmpdir(), "leakline-fresh-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "fresh.heapsnapshot");
    again.send(`snapshot ${path}`);
    await again.waitForAnnouncement((one) => one["snapshot"] === path);
    const file = await readBlocked(path);
    expect(file.exitCode).toBe(0);
    expect(aboveInfo(file.report)).toEqual([]);
    expect(file.report.findings.find(({ kind }) => kind === "collectable")).toMatchObject({
      count: 500,
      severity: "info",
    });
  });

  test("a process that dies half-way through its snapshot is lost, and nothing hangs", async () => {
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("diesHalfWay", "program.js"),
      inspector: "open",
    });
    const output = join(tmpdir(), `dies-${program.pid}.heapsnapshot`);
    const result = await runLeakline(["snapshot", String(program.pid), "--yes", "-o", output], {
      nodeMajor,
      onProgress(text) {
        if (text.includes("Taking the snapshot")) setTimeout(() => void program.stop(), 300);
      },
    });
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/went away/);
    expect(result.stderr).not.toMatch(/\bat .*\.cjs:/);
    await expect(rm(output)).rejects.toMatchObject({
      code: "ENOENT",
    });
  });

  test("at 1.7 GB of heap and with a closed inspector the running callback is named without a snapshot", async () => {
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("bigHeap", "leaky.js"),
      args: ["1700"],
      nodeFlags: ["--max-old-space-size=2700"],
      inspector: "closed",
      readyWithinMs: 90_000,
    });
    const { report, exitCode, elapsedMs } = await readBlocked(program.pid);
    expect(exitCode).toBe(1);
    const [running] = report.findings;
    expect(running).toMatchObject({ kind: "running", blocks: { registrations: null } });
    expect(markedLines("bigHeap", { file: "leaky.js", mark: "CALLBACK" })).toContain(
      running?.callback?.line,
    );
    expect(report.capture.estimatedPauseMs).toBeGreaterThan(60_000);
    expect(report.problems.map(({ code }) => code)).toContain("snapshot-not-taken");
    expect(elapsedMs, "not stuck behind the heap's size").toBeLessThan(10_000);
  });
});
