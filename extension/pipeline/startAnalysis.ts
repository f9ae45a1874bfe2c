import { type ChildProcess, fork } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Analysis,
  type AnalysisApi,
  type AnalysisEvent,
  analysisMethods,
} from "../protocol/analysisApi.ts";
import { analysisEnded, analysisOutOfMemory } from "../protocol/analysisErrors.ts";
import { createRpcClient } from "../protocol/rpc.ts";

/** Long enough to close an inspector that we opened, unless the process is too busy to answer. */
const disposeDeadlineMs = 3000;

/**
 * Starts the process that owns connections, heaps and findings, so that running out of memory ends
 * only that one. `modulePath` is the bundled entry/analysisProcess.
 */
export function startAnalysis(modulePath: string): Analysis {
  const child = fork(modulePath, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    // The user's own preloads and flags are meant for the user's programs, not for this one.
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const errorText = keepTail(child);
  const rpc = createRpcClient<AnalysisApi, AnalysisEvent>(analysisMethods, (message) =>
    child.send(message),
  );
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      const said = errorText();
      const error = isOutOfMemory(code, signal, said)
        ? analysisOutOfMemory(describeEnd(code, signal))
        : analysisEnded(describeEnd(code, signal), said);
      rpc.close(error);
      resolve();
    });
    child.once("error", (error) => {
      rpc.close(analysisEnded(error.message, ""));
      resolve();
    });
  });
  child.on("message", (message) => rpc.receive(message));

  return {
    api: rpc.api,
    onEvent: rpc.onEvent,
    cancel() {
      if (child.connected) rpc.cancelAll();
    },
    async dispose() {
      if (child.connected) child.disconnect();
      const timeout = new AbortController();
      await Promise.race([ended, sleep(disposeDeadlineMs, undefined, timeout).catch(() => {})]);
      timeout.abort();
      // It goes on alone until the inspected process is as it was, and has a deadline of its own.
      child.unref();
      child.stderr?.destroy();
    },
  };
}

/** V8 says why it gave up on stderr, just before it aborts. */
function keepTail(child: ChildProcess): () => string {
  const keptCharacters = 16_384;
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-keptCharacters);
  });
  return () => tail;
}

const describeEnd = (code: number | null, signal: NodeJS.Signals | null) =>
  signal ? `signal ${signal}` : `exit code ${code}`;

/** V8 aborts (134 through a shell); the kernel's out-of-memory killer uses SIGKILL. */
function isOutOfMemory(code: number | null, signal: NodeJS.Signals | null, errorText: string) {
  const aborted =
    signal === "SIGABRT" || signal === "SIGTRAP" || code === 128 + constants.signals.SIGABRT;
  return (
    (aborted && /heap out of memory|Array buffer allocation failed/i.test(errorText)) ||
    signal === "SIGKILL"
  );
}
