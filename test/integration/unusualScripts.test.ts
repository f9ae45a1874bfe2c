import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readBlocked } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { scenarioFile } from "../build/scenario.ts";
import { ensurePackage, type NodeMajor, nodeVersions } from "../setup/nodeVersions.mjs";

/** A callback that blocks, with three others of its registry behind it. */
const stuck = `
let calls = 0;
const sockets = new FinalizationRegistry(function shut() {
  if (++calls > 1) return;
  require("fs").writeSync(1, JSON.stringify({ ready: true }) + "\\n");
  for (;;) process.uptime();
});
globalThis.sockets = sockets;
(() => { for (let id = 0; id < 4; id++) sockets.register({}, id); })();
require("v8").setFlagsFromString("--expose-gc");
const collect = require("vm").runInNewContext("gc");
setInterval(collect, 10);
`;

async function readScript(nodeMajor: NodeMajor, code: string) {
  const program = await startProgram({
    nodeMajor,
    script: "-e",
    args: [code],
    inspector: "closed",
  });
  return { program, report: (await readBlocked(program.pid)).report };
}

describe.each(nodeVersions)("on Node %i a stuck callback is recognised", (nodeMajor) => {
  test("in a script given on the command line, which Node compiles twice under one name", async () => {
    const { report } = await readScript(nodeMajor, stuck);
    expect(report.findings[0]).toMatchObject({
      kind: "running",
      callback: { line: 3, function: "shut" },
      blocks: { registrations: 3 },
    });
    expect(report.findings[0]?.registeredAt.map(({ position }) => position.line)).toEqual([9]);
  });

  test("in a script whose name the program put together", async () => {
    const code = `globalThis.require = require; const part = process.argv0.length;
      require("vm").runInThisContext(${JSON.stringify(stuck)}, { filename: "/srv/" + part + "/made-up-name.js" });`;
    const { report } = await readScript(nodeMajor, code);
    expect(report.findings[0]).toMatchObject({
      kind: "running",
      callback: { line: 3, function: "shut" },
      blocks: { registrations: 3 },
    });
    expect(report.findings[0]?.callback?.file).toMatch(/^\/srv\/\d+\/made-up-name\.js$/);
  });

  test("in a program whose title has overwritten the command line that names its port", async () => {
    const code = `process.title = "worker";${stuck}`;
    const { report, program } = await readScript(nodeMajor, code);
    expect(report.findings[0]).toMatchObject({ kind: "running", blocks: { registrations: 3 } });
    expect(report.target.address).toBe(`127.0.0.1:${program.port}`);
  });
});

test.each(nodeVersions)(
  "p-throttle 7.0.0 is blamed at its own lines (Node %i)",
  async (nodeMajor) => {
    const folder = await ensurePackage("p-throttle", "7.0.0");
    const file = `${folder}/node_modules/p-throttle/index.js`;
    const program = await startProgram({
      nodeMajor,
      script: scenarioFile("pThrottle", "program.js"),
      args: [folder],
      inspector: "closed",
    });
    const { report } = await readBlocked(program.pid);
    const finding = report.findings.find(({ kind }) => kind === "self-retained");
    const lines = readFileSync(file, "utf8").split("\n");
    const textAt = (line: number | undefined) => lines[(line ?? 0) - 1];
    expect(finding?.callback?.file).toBe(file);
    expect(textAt(finding?.callback?.line)).toContain("new FinalizationRegistry");
    expect(finding?.registeredAt.map(({ position }) => textAt(position.line)?.trim())).toEqual([
      expect.stringContaining("registry.register(throttled"),
    ]);
    expect(finding?.path.map(({ edge }) => edge)).toContain("throttled");
  },
);
