import { describe, expect, test } from "vitest";
import { readBlocked } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { nodeVersions } from "../setup/nodeVersions.mjs";

/** A callback that blocks with three others of its registry behind it; `title` and port are the program's own business. */
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

describe.each(nodeVersions)("on Node %i a stuck callback is recognised", (nodeMajor) => {
  test("in a script given on the command line, which Node compiles twice under one name", async () => {
    const program = await startProgram({
      nodeMajor,
      script: "-e",
      args: [stuck],
      inspector: "closed",
    });
    const { report } = await readBlocked(program.pid);
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
    const program = await startProgram({
      nodeMajor,
      script: "-e",
      args: [code],
      inspector: "closed",
    });
    const { report } = await readBlocked(program.pid);
    expect(report.findings[0]).toMatchObject({
      kind: "running",
      callback: { line: 3, function: "shut" },
      blocks: { registrations: 3 },
    });
    expect(report.findings[0]?.callback?.file).toMatch(/^\/srv\/\d+\/made-up-name\.js$/);
  });

  test("in a program whose title has overwritten the command line that names its port", async () => {
    const code = `process.title = "worker";${stuck}`;
    const program = await startProgram({
      nodeMajor,
      script: "-e",
      args: [code],
      inspector: "closed",
    });
    const { report } = await readBlocked(program.pid);
    expect(report.findings[0]).toMatchObject({ kind: "running", blocks: { registrations: 3 } });
    expect(report.target.address).toBe(`127.0.0.1:${program.port}`);
  });
});
