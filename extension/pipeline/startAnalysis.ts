import { type ChildProcess, fork } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Analysis,
  type AnalysisApi,
  type AnalysisEvent,
  analysisMethods,
} from "../protocol/analysisApi.ts";
import { analysisClosed, analysisEnded, analysisOutOfMemory } from "../protocol/analysisErrors.ts";
import type { UserError } from "../protocol/errors.ts";
import { createRpcClient } from "../protocol/rpc.ts";
import { collectingOption } from "./collectGarbage.ts";

/** Long enough to close an inspector that we opened, unless the process is too busy to answer. */
const disposeDeadlineMs = 3000;
const lastWordsMs = 500;

export interface AnalysisStart {
  /** The Node binary that runs the analysis; without one, the program that runs us. */
  readonly nodePath?: string | undefined;
  /** Options for that binary, for instance `--max-old-space-size=8192`. */
  readonly execArgv?: readonly string[] | undefined;
}

/**
 * Starts the process that owns connections, heaps and findings, so that running out of memory ends
 * only that one. `modulePath` is the bundled entry/analysisProcess. A binary that can't be started
 * shows in `ended`.
 */
export function startAnalysis(
  modulePath: string,
  { nodePath, execArgv = [] }: AnalysisStart = {},
): Analysis {
  const child = fork(modulePath, [], {
    execPath: nodePath ?? process.execPath,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [collectingOption, ...execArgv],
    env: environmentFor(nodePath, process.versions),
  });
  const errorText = keepTail(child);
  const rpc = createRpcClient<AnalysisApi, AnalysisEvent>(analysisMethods, (message) =>
    child.send(message),
  );
  let disposed: UserError | undefined;
  const ended = new Promise<UserError>((resolve) => {
    const end = (error: UserError) => {
      rpc.close(error);
      resolve(disposed ?? error);
    };
    child.once("exit", async (code, signal) => {
      const said = await errorText();
      end(
        isOutOfMemory(code, signal, said)
          ? analysisOutOfMemory(describeEnd(code, signal))
          : analysisEnded(describeEnd(code, signal), said),
      );
    });
    child.once("error", (error) => end(analysisEnded(error.message, "")));
  });
  child.on("message", (message) => rpc.receive(message));

  return {
    bind: rpc.bind,
    ended,
    async dispose() {
      disposed ??= analysisClosed();
      rpc.close(disposed);
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

/** Of our own environment, what the analysis gets; `versions` are those of the program that runs us. */
export function environmentFor(
  nodePath: string | undefined,
  versions: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  // The user's own preloads and flags are meant for the user's programs, not for this one.
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_OPTIONS: "",
    // A column that is freed goes back to the system. The GNU library would keep what is under 32 MB for itself.
    MALLOC_MMAP_THRESHOLD_: String(1 << 20),
  };
  // An editor's own program is Electron, which is Node when it is told so.
  if (nodePath === undefined && versions["electron"]) environment["ELECTRON_RUN_AS_NODE"] = "1";
  return environment;
}

/**
 * V8 says why it gave up on stderr, just before it aborts. Gives the end of all that was said there, once
 * the process has ended: its last words may come after the news of that.
 */
function keepTail(child: ChildProcess): () => Promise<string> {
  const keptCharacters = 16_384;
  let tail = "";
  const { stderr } = child;
  const saidAll = new Promise<void>((resolve) => {
    if (stderr) stderr.once("close", resolve);
    else resolve();
  });
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-keptCharacters);
  });
  return async () => {
    // Something that the process started may still have it open.
    await Promise.race([saidAll, sleep(lastWordsMs, undefined, { ref: false })]);
    return tail;
  };
}

const describeEnd = (code: number | null, signal: NodeJS.Signals | null) =>
  signal ? `signal ${signal}` : `exit code ${code}`;

/** V8 aborts (134 through a shell); the kernel's out-of-memory killer uses SIGKILL. */
function isOutOfMemory(code: number | null, signal: NodeJS.Signals | null, errorText: string) {
  const aborted =
    signal === "SIGABRT" || signal === "SIGTRAP" || code === 128 + constants.signals.SIGABRT;
  return (
    (aborted && /out of memory|Array buffer allocation failed/i.test(errorText)) ||
    signal === "SIGKILL"
  );
}
