import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type DemoScenarioName,
  parseDemoAnnouncement,
} from "../../extension/protocol/demoScenarios.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

const demo = fileURLToPath(new URL("../../dist/demo/fileService.cjs", import.meta.url));

/** The numbers that the demo's documentation promises, on every run of every version. */
const counts: Readonly<Record<DemoScenarioName, object>> = {
  blocked: { registered: 1090, dropped: 1050, freed: 300, live: 40 },
  "self-retained": { registered: 425, dropped: 400, freed: 0, live: 25 },
  ordinary: { registered: 1200, dropped: 300, freed: 300, live: 900 },
};

describe.each(nodeVersions)("the demo on Node %i", (nodeMajor) => {
  test.each(Object.entries(counts))(
    "%s tells the counts that it promises",
    async (name, expected) => {
      const program = await startProgram({
        nodeMajor,
        script: demo,
        args: [name],
        inspector: "closed",
      });
      const line = await program.waitForLine(/^\{/);
      expect(parseDemoAnnouncement(line)).toEqual({ demo: name, pid: program.pid, ...expected });
    },
  );

  test("ends, although it is blocked, when nobody holds its stdin any more", async () => {
    const program = await startProgram({ nodeMajor, script: demo, inspector: "closed" });
    program.closeInput();
    expect(await program.ended).toEqual({ code: null, signal: "SIGKILL" });
  });
});

test("the demo's source maps lead to its TypeScript, and carry its text", () => {
  const map = JSON.parse(readFileSync(`${demo}.map`, "utf8"));
  const sources = map.sources.map((source: string) => resolve(dirname(demo), source));
  expect(sources.map((source: string) => readFileSync(source, "utf8"))).toEqual(map.sourcesContent);
});

test("a scenario that the demo doesn't have is refused", async () => {
  await expect(
    startProgram({ nodeMajor: 24, script: demo, args: ["toString"], inspector: "closed" }),
  ).rejects.toThrow(/ended \(2\).*no scenario toString: blocked, self-retained, ordinary/s);
});
