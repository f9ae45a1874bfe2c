import { PassThrough } from "node:stream";
import {
  type Analysis,
  type AnalysisApi,
  type AnalysisEvent,
  analysisMethods,
  type OpenedTarget,
  type TargetId,
} from "../../extension/protocol/analysisApi.ts";
import {
  type CallContext,
  createRpcClient,
  createRpcService,
} from "../../extension/protocol/rpc.ts";
import type { CommandLineHost, StopSignal } from "../../extension/views/terminal/host.ts";
import { runCommandLine } from "../../extension/views/terminal/runCommandLine.ts";
import { asyncReport } from "./asyncReports.ts";
import { retainersReport, summaryReport } from "./heapReports.ts";
import { look, workingFolder } from "./reportParts.ts";
import { blockedReport } from "./reports.ts";

export const openedProcess: OpenedTarget = {
  id: 1 as TargetId,
  kind: "process",
  label: "process 4242",
  pid: 4242,
  address: "127.0.0.1:9229",
  via: "direct",
};

export const openedFile: OpenedTarget = {
  id: 1 as TargetId,
  kind: "file",
  label: "app.heapsnapshot",
  pid: null,
  address: null,
  via: "file",
};

/** A call that only a cancellation ends. */
export const never = () => new Promise<never>(() => {});

export interface FakeAnalysis extends Analysis {
  /** Names of what was called, in order; `cancel` and `dispose` among them. */
  readonly calls: string[];
  /** Tells it to whoever waits for a call. */
  emit(event: AnalysisEvent): void;
}

/** Answers as a process whose cleanup callback is blocked, except where `answers` says otherwise. */
export function fakeAnalysis(answers: Partial<AnalysisApi> = {}): FakeAnalysis {
  const calls: string[] = [];
  const running = new Set<CallContext<AnalysisEvent>>();
  const standard: AnalysisApi = {
    listNodeProcesses: async () => [],
    openTarget: async () => openedProcess,
    look: async () => look(),
    capture: async () => blockedReport,
    saveSnapshot: async (_target, path) => ({ path, bytes: 1, pauseMs: 1, answeredBy: "stream" }),
    suspended: async () => asyncReport(),
    suspendedStacks: async () => [],
    summary: async () => summaryReport(),
    retainers: async () => retainersReport(),
    classRetainers: async () => retainersReport(),
    sourceText: async () => null,
    closeTarget: async () => ({ leftBehind: null }),
  };
  const implementation = { ...standard, ...answers };
  const cancelled = ({ signal }: CallContext<AnalysisEvent>) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        calls.push("cancel");
        reject(signal.reason);
      });
    });
  const recorded = (context: CallContext<AnalysisEvent>) =>
    Object.fromEntries(
      Object.entries(implementation).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          calls.push(name);
          running.add(context);
          const answer = (call as (...args: unknown[]) => Promise<unknown>)(...args);
          return Promise.race([answer, cancelled(context)]).finally(() => running.delete(context));
        },
      ]),
    ) as unknown as AnalysisApi;
  const service = createRpcService<AnalysisApi, AnalysisEvent>(recorded, (message) =>
    client.receive(message),
  );
  const client = createRpcClient<AnalysisApi, AnalysisEvent>(analysisMethods, (message) =>
    service.receive(message),
  );
  return {
    calls,
    bind: client.bind,
    ended: new Promise(() => {}),
    emit(event) {
      for (const context of running) context.emit(event);
    },
    async dispose() {
      calls.push("dispose");
    },
  };
}

export interface FakeTerminal {
  /** Whether stdin, stdout and stderr are a terminal. */
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly demo?: CommandLineHost["demo"];
  /** The reader of stdout has gone before anything is written. */
  readonly closedStdout?: boolean;
}

export interface CommandLineRun {
  readonly exitCode: Promise<number>;
  stdout(): string;
  stderr(): string;
  signal(name: StopSignal): void;
  /** What the user types. */
  type(text: string): void;
  /** Codes that `exit` was called with. */
  readonly exits: number[];
  readonly signalListeners: () => number;
}

/** Runs `leakline` with these arguments against a fake analysis and keeps what it writes. */
export function run(
  args: readonly string[],
  analysis: Analysis,
  {
    terminal = false,
    columns = 80,
    environment = {},
    demo,
    closedStdout = false,
  }: FakeTerminal = {},
): CommandLineRun {
  const streams = [
    new PassThrough(),
    closedStdout ? brokenPipe() : new PassThrough(),
    new PassThrough(),
  ] as const;
  const [stdin, stdout, stderr] = streams.map((stream) =>
    Object.assign(stream, terminal ? { isTTY: true, columns, setRawMode() {} } : {}),
  ) as unknown as [NodeJS.ReadStream, NodeJS.WriteStream, NodeJS.WriteStream];
  const written = { stdout: "", stderr: "" };
  streams[1].on("data", (chunk) => {
    written.stdout += chunk;
  });
  streams[2].on("data", (chunk) => {
    written.stderr += chunk;
  });
  const listeners = new Set<(signal: StopSignal) => void>();
  const exits: number[] = [];
  const exitCode = runCommandLine({
    arguments: args,
    stdin,
    stdout,
    stderr,
    environment,
    workingFolder,
    onSignal(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    exit: (code) => void exits.push(code),
    toolVersion: "0.1.0",
    demo: demo ?? { scriptPath: "/nowhere/demo.cjs", nodeBinary: process.execPath },
    startAnalysis: () => analysis,
  });
  return {
    exitCode,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal(name) {
      for (const listener of [...listeners]) listener(name);
    },
    type: (text) => void streams[0].write(text),
    exits,
    signalListeners: () => listeners.size,
  };
}

const brokenPipe = () =>
  new PassThrough({
    write: (_chunk, _encoding, done) =>
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
  });
