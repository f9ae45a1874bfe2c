import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { formatCount } from "../../extension/base/count.ts";
import { listInspectorTargets } from "../../extension/process/inspectorServer.ts";
import { childrenOf } from "../../extension/process/procFiles.ts";
import type { Report } from "../../extension/protocol/report.ts";
import { type AnyClient, connectClient } from "../build/debuggerProxy.ts";
import { askProgram, expectBreakpointHit, waitForDebuggee } from "../build/editor/debuggee.ts";
import {
  analysisProcesses,
  findBlocked,
  putBack,
  readAgain,
} from "../build/editor/leaklineView.ts";
import { useWorkbench } from "../build/editor/useWorkbench.ts";
import type { TreeRow } from "../build/editor/view.ts";
import { freePort } from "../build/freePort.ts";
import { readBlocked } from "../build/leaklineCommand.ts";
import { lineOf } from "../build/lineOf.ts";
import { startProgram } from "../build/runningProgram.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const blocked = join(root, "test/e2e/programs/untilReleased.cjs");
const large = join(root, "test/e2e/programs/largeHeap.cjs");
const answerLine = lineOf("test/e2e/programs/untilReleased.cjs", /BREAKPOINT/);
const release = "release";
const attachPort = await freePort();
const bothWithinMs = 180_000;
const launch = (name: string, program: string, args: readonly string[]) => ({
  type: "node",
  request: "launch",
  name,
  program,
  args,
  // A program that is about to block writes past the console.
  outputCapture: "std",
});

const code = useWorkbench({
  launch: [
    launch("Blocked", blocked, [`\${workspaceFolder}/${release}`]),
    launch("Large", large, ["70"]),
    { type: "node", request: "attach", name: "Attach", port: attachPort, address: "127.0.0.1" },
  ],
  settings: { "leakline.longestUnaskedPause": 60 },
});

const releaseFile = () => join(code().workspace, release);

afterEach(async () => {
  await putBack(code());
  rmSync(releaseFile(), { force: true });
});

/** What is said of the blockage, however old it is. */
interface Verdict {
  readonly callback: string;
  readonly kind: string;
  readonly waiting: string;
  readonly place: string;
}

function verdictOfRow({ text, description }: TreeRow): Verdict {
  const [kind = "", waiting = "", place = ""] = description.split(" · ");
  return { callback: text, kind: kind.split(" ")[0] ?? "", waiting, place };
}

function verdictOfReport({ findings }: Report): Verdict {
  const [finding, ...others] = findings.filter(({ kind }) => kind === "running");
  expect(others).toEqual([]);
  const { callback, kind, blocks } = finding ?? {};
  return {
    callback: callback?.function ?? "",
    kind: kind ?? "",
    waiting: `${formatCount(blocks?.registrations ?? 0)} waiting`,
    place: `${basename(callback?.file ?? "")}:${callback?.line}`,
  };
}

const verdictInView = async () =>
  verdictOfRow(
    await code()
      .view("Leakline")
      .waitForRow(/^closeHandle running .* 300 waiting/),
  );

const verdictInTerminal = async (target: string | number) =>
  verdictOfReport((await readBlocked(target)).report);

const expected: Verdict = {
  callback: "closeHandle",
  kind: "running",
  waiting: "300 waiting",
  place: `untilReleased.cjs:${lineOf("test/e2e/programs/untilReleased.cjs", /CALLBACK/)}`,
};

/** As Chrome DevTools connects, with what it switches on. */
async function connectDevTools(address: string): Promise<AnyClient> {
  const [host = "", port] = address.split(":");
  const [{ webSocketUrl }] = await listInspectorTargets(host, Number(port), 5000);
  const client = await connectClient(webSocketUrl);
  await client.send("Runtime.enable");
  await client.send("Debugger.enable");
  return client;
}

const expectAnswers = async (client: AnyClient) =>
  expect(await client.send("Runtime.evaluate", { expression: "6 * 7" })).toMatchObject({
    result: { value: 42 },
  });

test("a program under F5: the editor, the terminal by address and by pid say the same beside DevTools", async () => {
  const { debug } = code();
  await debug.start("Blocked");
  const { pid, port, inspector } = await waitForDebuggee(code());
  const client = await connectDevTools(inspector);
  await findBlocked(code());
  expect(await verdictInView()).toEqual(expected);
  expect(await verdictInTerminal(inspector)).toEqual(expected);
  expect(await verdictInTerminal(pid)).toEqual(expected);
  await readAgain(code());
  expect(await verdictInView()).toEqual(expected);
  await expectAnswers(client);
  writeFileSync(releaseFile(), "");
  await debug.waitForConsole(/"released":true/);
  // It stops for DevTools as well, which lets it go on with the debugger.
  await client.send("Debugger.disable");
  await expectBreakpointHit(code(), { file: blocked, line: answerLine, port });
  await expectAnswers(client);
});

describe("the one that leaves first", () => {
  const startBlocked = () =>
    startProgram({
      nodeMajor: 24,
      script: blocked,
      args: [releaseFile()],
      inspector: "closed",
      nodeFlags: [`--inspect=127.0.0.1:${attachPort}`],
    });

  test.each(["the terminal", "DevTools", "the editor's Leakline", "the debugger"])(
    "%s takes nothing from the others",
    async (first) => {
      const { debug, view } = code();
      const program = await startBlocked();
      const { port } = program.announcements.find((one) => one["port"] !== undefined) ?? {};
      await debug.start("Attach");
      await debug.waitUntilRunning();
      const inspector = `127.0.0.1:${attachPort}`;
      const client = await connectDevTools(inspector);
      await findBlocked(code());
      expect(await verdictInView()).toEqual(expected);

      const isStill = (who: string) => who !== first;
      if (first === "the terminal") await readBlocked(inspector);
      if (first === "DevTools") await client.close();
      if (first === "the editor's Leakline") {
        await code().runCommand("Leakline: Stop");
        await expect.poll(() => view("Leakline").welcome()).toContain("Find Blocked Finalizers");
      }
      if (first === "the debugger") {
        await debug.press("Disconnect");
        await debug.waitUntilEnded();
      }

      if (isStill("DevTools")) await expectAnswers(client);
      expect(await verdictInTerminal(inspector)).toEqual(expected);
      if (isStill("the debugger")) {
        if (isStill("the editor's Leakline")) {
          await readAgain(code());
          expect(await verdictInView()).toEqual(expected);
        }
      } else {
        // What was read through the session stays, and the process is there to be picked.
        await view("Leakline").waitForRow(/^The debug session ended\./);
        await findBlocked(code(), program.pid);
        await view("Leakline").waitForRow(/^closeHandle running .* 300 waiting/);
      }
      writeFileSync(releaseFile(), "");
      await program.waitForAnnouncement((one) => one["released"] === true);
      await client.send("Debugger.disable").catch(() => {});
      if (isStill("the debugger")) {
        await expectBreakpointHit(code(), { file: blocked, line: answerLine, port: Number(port) });
      } else expect(await askProgram(Number(port))).toBe("1");
    },
  );
});

test("two snapshots that are asked for at the same moment are taken one after the other", async () => {
  const { debug, notifications, view } = code();
  await debug.start("Large");
  const { port, inspector } = await waitForDebuggee(code());
  await findBlocked(code());
  await view("Leakline").waitForRow("No finalizer is blocked");
  await view("Leakline").waitForRow(/^closeRow live \d+ · queued 0/);
  await notifications.waitUntilGone(/^Leakline reads/);
  const editorsPids = analysisProcesses(code());

  let said = "";
  let terminalsPid = 0;
  const terminalsPids = new Set<number>();
  let running = 2;
  const ends = () => void running--;
  const read = readBlocked(inspector, ["--snapshot"], {
    deadlineMs: bothWithinMs,
    onStart(pid) {
      terminalsPid = pid;
    },
    onProgress: (text) => (said += text),
  });
  void read.finally(ends).catch(() => {});
  void readAgain(code()).finally(ends);
  const phases = { editor: new Set<string>(), terminal: new Set<string>() };
  let together = 0;
  await expect
    .poll(
      async () => {
        const inTerminal = said.trim().split("\n").at(-1) ?? "";
        const list = await notifications.list();
        const inEditor = list.find(({ text }) => text.startsWith("Leakline reads"))?.text ?? "";
        phases.terminal.add(inTerminal.replace(/^leakline: | \d+ %$/g, ""));
        phases.editor.add(inEditor.replace(/^.*?: | \d+ %$/g, ""));
        for (const pid of childrenOf(terminalsPid)) terminalsPids.add(pid);
        if (/Taking/.test(inTerminal) && /Taking/.test(inEditor)) together++;
        return running;
      },
      { timeout: bothWithinMs, interval: 50 },
    )
    .toBe(0);
  const { report } = await read;
  expect(report.capture.level).toBe("capture");
  expect(together, said).toBe(0);
  // Who is done looks once more, and may wait for the other's snapshot then.
  const waitsFor = (seen: ReadonlySet<string>) =>
    [...seen].flatMap(
      (phase) =>
        /^Waiting for another Leakline \(process (\d+)\)/.exec(phase)?.slice(1).map(Number) ?? [],
    );
  const inTerminal = waitsFor(phases.terminal);
  const inEditor = waitsFor(phases.editor);
  expect([...inTerminal, ...inEditor], `${[...phases.editor]}\n${said}`).not.toEqual([]);
  expect(editorsPids).toEqual(expect.arrayContaining(inTerminal));
  expect([...terminalsPids]).toEqual(expect.arrayContaining(inEditor));
  for (const one of [phases.terminal, phases.editor])
    expect([...one]).toContain("Taking the snapshot");
  await view("Leakline").waitForRow("No finalizer is blocked");
  await askProgram(port);
});
