import type { ObservedFrame, StackSample } from "../protocol/threadObservation.ts";
import { type CdpSession, ProtocolError } from "./cdpSession.ts";

/** A way of asking for the stack, made ready on one session. */
export interface StackProbe {
  /** Rejects with NoAnswerError when the thread runs no JavaScript. */
  sample(deadlineMs: number): Promise<StackSample>;
  /** Takes back what was made in the process for it. */
  dispose(deadlineMs: number): Promise<void>;
}

/**
 * Remote objects of ours are in these groups, so that one request releases them all. Through a debugger's
 * proxy several of us share one session: the groups are each one's own.
 */
export const objectGroups = {
  probe: `leakline probe ${process.pid}`,
  capture: `leakline capture ${process.pid}`,
} as const;

const probeName = "leakline:stack";

/**
 * Node's modules without a global of ours. `getBuiltinModule` is missing before 20.16 and 22.3;
 * there the command-line API of `Runtime.evaluate` brings `require`.
 */
export const builtinModule = (name: string): string =>
  `(process.getBuiltinModule ?? require)(${JSON.stringify(name)})`;

/**
 * Runs inside a context of its own, so that the program's `Error.prepareStackTrace` and
 * `Error.stackTraceLimit` are neither run nor changed. V8's stack trace API gives, beyond the text
 * of `.stack`, where each frame's function begins and which frames only await
 * (https://v8.dev/docs/stack-trace-api).
 */
const probeSource = `(function (performance) {
  Error.stackTraceLimit = 2000;
  Error.prepareStackTrace = (error, sites) => {
    const ask = (site, method) => {
      try { return site[method]?.() ?? null; } catch { return null; }
    };
    return JSON.stringify(sites.map((site) => [
      ask(site, "getFunctionName"), ask(site, "getScriptNameOrSourceURL"),
      ask(site, "getLineNumber"), ask(site, "getColumnNumber"),
      ask(site, "getEnclosingLineNumber"), ask(site, "getEnclosingColumnNumber"),
      ask(site, "getTypeName"), ask(site, "isAsync"),
    ]));
  };
  return function () {
    const turns = performance?.nodeTiming?.uvMetricsInfo?.loopCount;
    return (typeof turns === "number" ? turns : "") + ";" + new Error().stack;
  };
})`;

/** Prepares the probe on a session: each sample then costs the thread about half a millisecond. */
export async function prepareStackProbe(
  session: CdpSession,
  deadlineMs: number,
): Promise<StackProbe> {
  const vm = builtinModule("vm");
  const clock = `${builtinModule("perf_hooks")}.performance`;
  const made = await session.send(
    "Runtime.evaluate",
    {
      expression: `${vm}.runInNewContext(${JSON.stringify(probeSource)}, undefined, { filename: ${JSON.stringify(probeName)} })(${clock})`,
      includeCommandLineAPI: true,
      silent: true,
      objectGroup: objectGroups.probe,
    },
    deadlineMs,
  );
  const objectId = made.result.objectId;
  if (made.exceptionDetails || !objectId)
    throw new ProtocolError("the stack probe could not be made");
  const sample = async (sampleDeadlineMs: number): Promise<StackSample> => {
    const { result, exceptionDetails } = await session.send(
      "Runtime.callFunctionOn",
      {
        objectId,
        functionDeclaration: "function () { return this(); }",
        returnByValue: true,
        silent: true,
      },
      sampleDeadlineMs,
    );
    const atMs = performance.now();
    if (exceptionDetails || typeof result.value !== "string") {
      throw new ProtocolError("the stack probe failed");
    }
    return { ...parseProbeAnswer(result.value), atMs };
  };
  return {
    sample,
    dispose: async (disposeDeadlineMs) =>
      void (await session.send(
        "Runtime.releaseObjectGroup",
        { objectGroup: objectGroups.probe },
        disposeDeadlineMs,
      )),
  };
}

/** Text comes from the inspected process: anything unexpected in it is an error, not a frame. */
export function parseProbeAnswer(text: string): Omit<StackSample, "atMs"> {
  const cut = text.indexOf(";");
  const turns = text.slice(0, cut);
  const rows: unknown = JSON.parse(text.slice(cut + 1));
  if (!Array.isArray(rows)) throw new ProtocolError("the stack probe answered without a stack");
  const frames = rows.map(frameOf);
  const own = frames.findLastIndex(({ script }) => script === probeName);
  // The first frame below the probe is the wrapper of callFunctionOn, which has no script name.
  return { loopTurns: turns === "" ? null : Number(turns), frames: frames.slice(own + 2) };
}

function frameOf(row: unknown): ObservedFrame {
  const cells: readonly unknown[] = Array.isArray(row) ? row : [];
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const place = (value: unknown) => (typeof value === "number" && value > 0 ? value : null);
  return {
    functionName: text(cells[0]),
    script: text(cells[1]),
    line: place(cells[2]),
    column: place(cells[3]),
    functionLine: place(cells[4]),
    functionColumn: place(cells[5]),
    typeName: text(cells[6]),
    async: cells[7] === true,
  };
}

/**
 * The second way: the inspector's own stack of a thrown number. It shows no builtin frames and not
 * where functions begin, and needs `Runtime.enable`, which replays the console's messages to us.
 */
export async function prepareExceptionProbe(
  session: CdpSession,
  deadlineMs: number,
): Promise<StackProbe> {
  await session.send("Runtime.enable", undefined, deadlineMs);
  const sample = async (sampleDeadlineMs: number): Promise<StackSample> => {
    const { exceptionDetails } = await session.send(
      "Runtime.evaluate",
      { expression: "throw 0", silent: true },
      sampleDeadlineMs,
    );
    const callFrames = exceptionDetails?.stackTrace?.callFrames;
    const frames = (callFrames ?? [])
      .filter(({ url }) => url !== "")
      .map((frame) => ({
        functionName: frame.functionName || null,
        script: frame.url,
        line: frame.lineNumber + 1,
        column: frame.columnNumber + 1,
        functionLine: null,
        functionColumn: null,
        typeName: null,
        async: false,
      }));
    return { atMs: performance.now(), frames, loopTurns: null };
  };
  return {
    sample,
    dispose: (disposeDeadlineMs) => session.send("Runtime.disable", undefined, disposeDeadlineMs),
  };
}
