import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, test } from "vitest";
import { startReaper } from "../build/reaper.ts";
import { type RunningProgram, startProgram } from "../build/runningProgram.ts";
import { scenarioFile } from "../build/scenario.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

const program = scenarioFile("freshGarbage", "program.js");
const left: RunningProgram[] = [];

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each(nodeVersions)(
  "on Node %i an inspector is open, or opens at its port on SIGUSR1",
  async (nodeMajor) => {
    const open = await startProgram({ nodeMajor, script: program, inspector: "open" });
    const closed = await startProgram({ nodeMajor, script: program, inspector: "closed" });
    left.push(open, closed);
    const version = async (port: number) => {
      const response = await fetch(`http://127.0.0.1:${port}/json/version`);
      return ((await response.json()) as { Browser: string }).Browser;
    };

    expect(await version(open.port)).toContain(`node.js/v${nodeMajor}.`);
    await expect(version(closed.port)).rejects.toThrow();
    process.kill(closed.pid, "SIGUSR1");
    await expect.poll(() => version(closed.port).catch(() => "")).toContain(`v${nodeMajor}.`);
  },
);

afterAll(() => {
  expect(left.filter(({ pid }) => isAlive(pid))).toEqual([]);
});

test("a program obeys what is written to it, and its announcements are kept", async () => {
  const running = await startProgram({ nodeMajor: 24, script: program, inspector: "closed" });
  running.send("drop");
  const dropped = await running.waitForAnnouncement((facts) => "dropped" in facts);
  expect(dropped).toMatchObject({ pid: running.pid, dropped: 500, freed: 0 });
  expect(running.announcements).toEqual([running.ready, dropped]);
});

test("a program that is not ready in time is killed, and what it said is told", async () => {
  await expect(
    startProgram({
      nodeMajor: 24,
      script: scenarioFile("workerBlocked", "nothingOfThatName.js"),
      inspector: "closed",
    }),
  ).rejects.toThrow(/ended \(1\).*Cannot find module/s);
});

test("what a killed test run leaves behind is killed too", async () => {
  const orphan = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    detached: true,
    stdio: "ignore",
  });
  const reaper = startReaper();
  reaper.stdin?.end(`${orphan.pid}\n`);
  await once(orphan, "exit");
  expect(orphan.signalCode).toBe("SIGKILL");
});

test.runIf(process.platform === "linux")(
  "so is what was marked, whatever group it is in, and nothing else",
  async () => {
    const start = (mark: string) =>
      spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
        detached: true,
        env: { ...process.env, LEAKLINE_MARK: mark },
        stdio: "ignore",
      });
    const [orphan, stranger] = [start("ours"), start("ours-too")];
    const reaper = startReaper();
    reaper.stdin?.end("LEAKLINE_MARK=ours\n");
    await Promise.all([once(orphan, "exit"), once(reaper, "exit")]);
    expect([orphan.signalCode, stranger.signalCode]).toEqual(["SIGKILL", null]);
    stranger.kill("SIGKILL");
  },
);
