import { rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { workersNotSeen } from "../../extension/protocol/threadProblems.ts";
import { expectBreakpointHit, waitForDebuggee } from "../build/editor/debuggee.ts";
import { findBlocked, putBack, readAgain } from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import { freePort } from "../build/freePort.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const blocked = program("untilReleased.cjs");
const unreachable = ["--require", program("unreachableUrl.cjs")];
const answerLine = lineOf("test/e2e/programs/untilReleased.cjs", /BREAKPOINT/);
const callbackLine = lineOf("test/e2e/programs/untilReleased.cjs", /CALLBACK/);
const forwardedPort = await freePort();

const code = useWorkbench({
  launch: [
    {
      type: "node",
      request: "launch",
      name: "Unreachable",
      program: blocked,
      runtimeArgs: unreachable,
      args: ["${workspaceFolder}/release"],
      // A program that is about to block writes past the console.
      outputCapture: "std",
    },
    {
      type: "node",
      request: "attach",
      name: "Forwarded",
      address: "127.0.0.1",
      port: forwardedPort,
    },
  ],
});

const releaseFile = () => join(code().workspace, "release");

afterEach(async () => {
  await putBack(code());
  rmSync(releaseFile(), { force: true });
});

const verdict = new RegExp(
  `^closeHandle running ≥ .* 300 waiting · untilReleased\\.cjs:${callbackLine}$`,
);

test("an inspector that can't be reached from here is read through the debugger's connection", async () => {
  const { debug } = code();
  await debug.start("Unreachable");
  const { port } = await waitForDebuggee(code());
  const leakline = await findBlocked(code());
  await leakline.waitForRow(verdict);
  await leakline.waitForRow(workersNotSeen().message);
  await readAgain(code());
  await leakline.waitForRow(verdict);
  await code().notifications.clear();
  writeFileSync(releaseFile(), "");
  await debug.waitForConsole(/"released":true/);
  await leakline.waitForRow("No finalizer is blocked");
  await expectBreakpointHit(code(), { file: blocked, line: answerLine, port });
});

test("an inspector behind a forwarded port is reached where the launch configuration says", async () => {
  const process = await startProgram({
    nodeMajor: 24,
    script: blocked,
    args: [releaseFile()],
    nodeFlags: unreachable,
    inspector: "open",
  });
  const { port } = process.announcements.find((one) => one["port"] !== undefined) ?? {};
  let connections = 0;
  const forwarder = createServer((near) => {
    connections++;
    const far = connect(process.port, "127.0.0.1");
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  await new Promise<void>((resolve) => forwarder.listen(forwardedPort, "127.0.0.1", resolve));
  onTestFinished(() => void forwarder.close());
  const { debug } = code();
  await debug.start("Forwarded");
  await debug.waitUntilRunning();
  const ofDebugger = connections;
  const leakline = await findBlocked(code());
  await leakline.waitForRow(verdict);
  expect((await leakline.rows()).map(({ text }) => text)).not.toContain(workersNotSeen().message);
  expect(connections).toBeGreaterThan(ofDebugger);
  await code().notifications.clear();
  writeFileSync(releaseFile(), "");
  await process.waitForAnnouncement((one) => one["released"] === true);
  await expectBreakpointHit(code(), { file: blocked, line: answerLine, port: Number(port) });
});
