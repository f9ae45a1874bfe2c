import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openProcess } from "../../extension/process/inspectedProcess.ts";
import { listNodeProcesses } from "../../extension/process/nodeProcesses.ts";
import { listeningSockets } from "../../extension/process/procFiles.ts";
import { parseTarget } from "../../extension/process/targetAddress.ts";
import { startProgram } from "../build/runningProgram.ts";
import { type NodeMajor, nodeBinary, nodeVersions } from "../setup/nodeVersions.mjs";

const script = "test/integration/programs/processTarget.cjs";

async function open(target: string | number, signal?: AbortSignal) {
  const address = parseTarget(String(target));
  if (address.kind === "file") throw new Error(`${target} is a file`);
  const notices: string[] = [];
  const onNotice = (text: string) => void notices.push(text);
  try {
    const opened = await openProcess(address, {
      timeoutMs: 1500,
      onNotice,
      ...(signal ? { signal } : {}),
    });
    onTestFinished(async () => void (await opened.close()));
    return { opened, notices, failure: null };
  } catch (failure) {
    return { opened: null, notices, failure };
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** A program that ends with the test; not a Node version under test. */
function runs(command: string, ...args: readonly string[]): number {
  const child = spawn(command, args, { stdio: ["pipe", "ignore", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child.pid ?? 0;
}

test("a process that is not Node is refused, and not signalled", async () => {
  const pid = runs("sleep", "60");
  const { failure, notices } = await open(pid);
  expect(failure).toMatchObject({ kind: "target", code: "not-node" });
  expect(String(failure)).toContain("sleep");
  expect(notices).toEqual([]);
  process.kill(pid, 0);
});

test("Leakline itself, a kernel thread and no process at all are refused", async () => {
  expect((await open(process.pid)).failure).toMatchObject({ kind: "input", code: "ourselves" });
  expect((await open(2 ** 22 + 1)).failure).toMatchObject({ code: "no-such-process" });
});

test("a process with --disable-sigusr1 is not signalled", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script,
    args: ["idle"],
    nodeFlags: ["--disable-sigusr1"],
    inspector: "closed",
  });
  const { failure, notices } = await open(program.pid);
  expect(failure).toMatchObject({ code: "signal-disabled" });
  expect(notices).toEqual([]);
});

test.each(nodeVersions)(
  "a process on Node %i that is still starting is not killed by our signal",
  async (nodeMajor: NodeMajor) => {
    const port = await freePort();
    const child = spawn(nodeBinary(nodeMajor), [
      `--inspect-port=127.0.0.1:${port}`,
      "-e",
      "setInterval(() => {}, 1000)",
    ]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "spawn");
    const { opened, failure } = await open(child.pid ?? 0);
    // Between fork and exec it is not even Node yet: then it is refused, which is as good.
    if (failure) expect(failure).toMatchObject({ kind: "target" });
    else expect(opened?.description.pid).toBe(child.pid);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  },
);

test("a program with a SIGUSR1 listener of its own: the user was warned, it ran, and the inspector stays closed", async () => {
  const program = await startProgram({
    nodeMajor: 22,
    script,
    args: ["listener"],
    inspector: "closed",
  });
  const { failure, notices } = await open(program.pid);
  expect(notices[0]).toContain("mentions SIGUSR1");
  expect(failure).toMatchObject({ code: "inspector-did-not-open" });
  await program.waitForAnnouncement((one) => one["ownListener"] === true);
});

test("another process on the port that the inspector would take is named, and nothing is signalled", async () => {
  const holder = await startProgram({ nodeMajor: 24, script, args: ["idle"], inspector: "open" });
  const child = spawn(nodeBinary(24), [
    `--inspect-port=127.0.0.1:${holder.port}`,
    "-e",
    "console.log(0); setInterval(() => {}, 1000)",
  ]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const { failure, notices } = await open(child.pid ?? 0);
  expect(failure).toMatchObject({ code: "inspector-port-taken" });
  expect(String(failure)).toContain(`process ${holder.pid}`);
  expect(notices).toEqual([]);
});

test.each([20, 26] as const)(
  "an inspector that the program opened at a port of its own choice is found (Node %i)",
  async (nodeMajor) => {
    const child = spawn(
      nodeBinary(nodeMajor),
      [
        "-e",
        'require("inspector").open(0, "127.0.0.1"); setInterval(() => {}, 1000); console.log(0)',
      ],
      { env: { ...process.env, VSCODE_INSPECTOR_OPTIONS: "{}" } },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const { opened, notices } = await open(child.pid ?? 0);
    expect(opened?.description).toMatchObject({ pid: child.pid, inspectorOpenedByLeakline: false });
    expect(notices).toEqual([]);
  },
);

test("a stopped process is paused, by pid and by address, and stays stopped", async () => {
  const program = await startProgram({ nodeMajor: 24, script, args: ["idle"], inspector: "open" });
  process.kill(program.pid, "SIGSTOP");
  for (const target of [program.pid, `127.0.0.1:${program.port}`]) {
    expect((await open(target)).failure).toMatchObject({ kind: "target", code: "process-paused" });
  }
});

test("a process that is stopped only while it is asked is paused as well, by pid and by address", async () => {
  for (const isAddress of [false, true]) {
    const port = await freePort();
    const stopsItself = `require("net").createServer(() => process.kill(process.pid, "SIGSTOP"))
      .listen(${port}, "127.0.0.1", () => console.log(0))`;
    const child = spawn(nodeBinary(24), [`--inspect-port=127.0.0.1:${port}`, "-e", stopsItself]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const { failure, notices } = await open(isAddress ? `127.0.0.1:${port}` : (child.pid ?? 0));
    expect(failure).toMatchObject({ kind: "target", code: "process-paused" });
    expect(notices).toEqual([]);
  }
});

test("an old ws:// address of a process that was started again is told from a stranger's", async () => {
  const program = await startProgram({ nodeMajor: 24, script, args: ["idle"], inspector: "open" });
  const { failure } = await open(`ws://127.0.0.1:${program.port}/00000000-old`);
  expect(failure).toMatchObject({ kind: "target", code: "no-such-target" });
  const url = /ws:\/\/\S+/.exec(program.stderr())?.[0] ?? "";
  expect((await open(url)).opened?.description.pid).toBe(program.pid);
});

const answers: Readonly<Record<string, RequestListener>> = {
  "a web server": (_, response) => response.end("<html>"),
  "a web server with JSON": (_, response) => response.end('{"ok":true}'),
  "a browser": (_, response) => response.end('{"Browser":"Chrome/126.0"}'),
  "a server with an error": (_, response) => response.writeHead(500).end(),
  "a server without an end": (_, response) => {
    const timer = setInterval(() => response.write("x".repeat(100_000)), 1);
    response.on("close", () => clearInterval(timer));
  },
};

test.each(Object.keys(answers))("%s is not taken for an inspector", async (name) => {
  const port = await listening(createHttpServer(answers[name]));
  expect((await open(`localhost:${port}`)).failure).toMatchObject({
    kind: "target",
    code: "not-an-inspector",
  });
});

const speakers: Readonly<Record<string, (socket: Socket) => void>> = {
  "a silent server": () => {},
  "a server that hangs up": (socket) => socket.end(),
  "a server that greets": (socket) => void socket.write("SSH-2.0-x\r\n"),
};

test.each(Object.keys(speakers))("%s is not taken for an inspector", async (name) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    speakers[name]?.(socket);
  });
  const port = await listening(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const target of [`127.0.0.1:${port}`, `ws://127.0.0.1:${port}/id`]) {
    expect((await open(target)).failure, target).toMatchObject({
      kind: "target",
      code: "not-an-inspector",
    });
  }
});

test("an address where nobody listens says so", async () => {
  const port = await freePort();
  for (const target of [`127.0.0.1:${port}`, `ws://127.0.0.1:${port}/x`, `[::1]:${port}`]) {
    expect((await open(target)).failure, target).toMatchObject({ code: "nobody-listens" });
  }
});

test("cancelling while a process is opened closes what was opened", async () => {
  const program = await startProgram({
    nodeMajor: 24,
    script,
    args: ["idle"],
    inspector: "closed",
  });
  const controller = new AbortController();
  const opening = openProcess(
    { kind: "pid", pid: program.pid },
    { timeoutMs: 1500, signal: controller.signal, onNotice: () => controller.abort() },
  );
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  expect(listeningSockets(program.pid)).toEqual([]);
});

test.each(["closed", "given up"])(
  "an inspector that native code lets open only after the target was %s is closed then",
  async (how) => {
    const program = await startProgram({
      nodeMajor: 24,
      script: "test/integration/programs/nativeSpell.cjs",
      args: ["6"],
      inspector: "closed",
    });
    const own = Number(program.ready["port"]);
    const ports = () => listeningSockets(program.pid).map(({ localPort }) => localPort);
    await sleep(200);
    const controller = new AbortController();
    const opening = open(program.pid, controller.signal);
    if (how === "given up") setTimeout(() => controller.abort(), 500);
    const { opened } = await opening;
    if (how === "closed") {
      expect(opened?.signalPending).toBe(true);
      const { outcome, settled } = (await opened?.close()) ?? {};
      expect(outcome?.leftBehind).toContain("goes on in the background");
      await settled;
    }
    // Whoever gave up was told only when all was as before.
    expect(program.stderr()).toContain("Debugger listening");
    expect(ports()).toEqual([own]);
    await program.waitForAnnouncement((one) => one["unblocked"] === true);
    expect(ports()).toEqual([own]);
  },
);

test("the list of processes has a running one with its inspector, and not those that are ours", async () => {
  const program = await startProgram({ nodeMajor: 24, script, args: ["idle"], inspector: "open" });
  const found = (without: readonly number[]) =>
    listNodeProcesses(without).find(({ pid }) => pid === program.pid);
  expect(found([])).toMatchObject({
    inspector: `127.0.0.1:${program.port}`,
    workingFolder: process.cwd(),
  });
  expect(found([])?.command).toContain("processTarget.cjs idle");
  expect(found([program.pid])).toBeUndefined();
});

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, "close");
  return port;
}
