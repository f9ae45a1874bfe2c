import { randomUUID } from "node:crypto";
import type { ObservedFrame, StackSample } from "../protocol/threadObservation.ts";
import { type CdpSession, ProtocolError } from "./cdpSession.ts";

/** A way of asking for the stack, begun on one session. */
export interface StackProbe {
  /** Rejects with NoAnswerError when the thread runs no JavaScript. `how` is for the first way only. */
  sample(how: SampleWay, deadlineMs: number): Promise<StackSample>;
  /** Takes back what lasts no longer than one look. */
  dispose(deadlineMs: number): Promise<void>;
}

/**
 * `evaluation`: with V8's breaks switched off for as long as it takes. Without that a pause that another
 * client has asked for of an idle thread would come to lie in our code, and from Node 22 on that client
 * could then never resume it: the program would hang for good. The price is that V8 compiles a script.
 * `getter`: V8 runs a trap of ours while it lists properties, and compiles nothing; only for a thread of
 * which it is known that no pause is pending.
 */
export type SampleWay = "evaluation" | "getter";

/**
 * Remote objects of ours are in these groups, so that one request releases them all. Through a debugger's
 * proxy several of us share one session: the groups are each one's own.
 */
export const objectGroups = {
  probe: `leakline probe ${process.pid}`,
  capture: `leakline capture ${process.pid}`,
  awaits: `leakline awaits ${process.pid}`,
} as const;

/** What is in this group is `$_` to the next evaluation of the same session. */
export const lastResultGroup = "console";

const ownMark = JSON.stringify(randomUUID());

/** Evaluates to `value` with a mark of ours, for `useLastResult`. */
export const marked = (value: string): string =>
  `Object.defineProperty(${value}, "leakline", { value: ${ownMark} })`;

/** Evaluates what is to be done with `$_`; to false when the program has a `$_` of its own, which comes first. */
export const useLastResult = (expression: string): string =>
  `$_.leakline === ${ownMark} && ${expression}`;

/** js-debug shows neither scripts nor frames of this ending, and doesn't stop at their exceptions. */
const probeName = "leakline.cdp";

/** Every script of ours tells whose it is. */
export const ownScript = (expression: string): string =>
  `${expression}\n//# sourceURL=${probeName}`;

/**
 * How we evaluate: nothing that another client set stops in it, and nothing of it is told to the console.
 * Whoever can, asks without evaluating: see `SampleWay`.
 */
export const quietly = { silent: true, disableBreaks: true } as const;

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
 * (https://v8.dev/docs/stack-trace-api). The result is a function, and on it an object whose prototype
 * makes up a property `stack` whenever V8 lists its properties. That prototype has no other trap: V8 calls
 * them already when it describes the object, where breaks are not switched off (measured on Node 20).
 */
const probeSource = `(function (performance, leakline) {
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
  const read = () => {
    const turns = performance?.nodeTiming?.uvMetricsInfo?.loopCount;
    return (typeof turns === "number" ? turns : "") + ";" + new Error().stack;
  };
  const described = () => ({ value: read(), configurable: true, enumerable: true, writable: true });
  read.listed = Object.create(new Proxy(Object.create(null), {
    ownKeys: () => ["stack"], getOwnPropertyDescriptor: described,
  }));
  read.leakline = leakline;
  return read;
})`;

/** Under this name a connection keeps its probe. */
export const stackProbeKey = "stack probe";

/** Made once for each connection, which takes it away when it ends. */
export interface PreparedProbe {
  /** The object whose properties are to be listed. */
  readonly listedId: string;
}

/**
 * Prepares the probe on a session: a context and a script, and nothing more for each sample. `isOurs` is
 * false for a session that a debugger lends: there `$_` belongs to its user.
 */
export async function prepareStackProbe(
  session: CdpSession,
  isOurs: boolean,
  deadlineMs: number,
): Promise<PreparedProbe> {
  const context = `{ filename: ${JSON.stringify(probeName)}, contextName: "Leakline" }`;
  const made = await session.send(
    "Runtime.evaluate",
    {
      expression: ownScript(
        `${builtinModule("vm")}.runInNewContext(${JSON.stringify(probeSource)}, undefined, ${context})(${builtinModule("perf_hooks")}.performance, ${ownMark})`,
      ),
      includeCommandLineAPI: true,
      ...quietly,
      objectGroup: isOurs ? lastResultGroup : objectGroups.probe,
    },
    deadlineMs,
  );
  const objectId = made.result.objectId;
  if (made.exceptionDetails || !objectId)
    throw new ProtocolError("the stack probe could not be made");
  const parameters = { objectId, ownProperties: true };
  const { result } = await session.send("Runtime.getProperties", parameters, deadlineMs);
  const listedId = result.find(({ name }) => name === "listed")?.value?.objectId;
  if (!listedId) throw new ProtocolError("the stack probe can't be listed");
  return { listedId };
}

/** Each sample costs the thread about half a millisecond. */
export function beginStackProbe(session: CdpSession, { listedId }: PreparedProbe): StackProbe {
  /** V8 hands out the prototype with every listing. */
  const unwanted: string[] = [];

  const evaluate = async (deadlineMs: number): Promise<unknown> => {
    const { result } = await session.send(
      "Runtime.evaluate",
      {
        expression: ownScript(useLastResult("$_()")),
        includeCommandLineAPI: true,
        returnByValue: true,
        ...quietly,
      },
      deadlineMs,
    );
    return result.value;
  };
  const listProperties = async (deadlineMs: number): Promise<unknown> => {
    const parameters = { objectId: listedId };
    const listed = await session.send("Runtime.getProperties", parameters, deadlineMs);
    for (const { value } of listed.internalProperties ?? []) {
      if (value?.objectId) unwanted.push(value.objectId);
    }
    return listed.result.find(({ name }) => name === "stack")?.value?.value;
  };

  return {
    async sample(how, deadlineMs) {
      const text = await (how === "getter" ? listProperties : evaluate)(deadlineMs);
      const atMs = performance.now();
      if (typeof text !== "string") throw new ProtocolError("the stack probe failed");
      return { ...parseProbeAnswer(text), atMs };
    },
    async dispose(deadlineMs) {
      const releases = unwanted
        .splice(0)
        .map((id) => session.send("Runtime.releaseObject", { objectId: id }, deadlineMs));
      await Promise.all(releases);
    },
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
  return { loopTurns: turns === "" ? null : Number(turns), frames: frames.slice(own + 1) };
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
export async function beginExceptionProbe(
  session: CdpSession,
  deadlineMs: number,
): Promise<StackProbe> {
  await session.send("Runtime.enable", undefined, deadlineMs);
  const sample = async (_how: SampleWay, sampleDeadlineMs: number): Promise<StackSample> => {
    const { exceptionDetails } = await session.send(
      "Runtime.evaluate",
      { expression: ownScript("throw 0"), ...quietly },
      sampleDeadlineMs,
    );
    const callFrames = exceptionDetails?.stackTrace?.callFrames;
    const frames = (callFrames ?? [])
      .filter(({ url }) => url !== "" && url !== probeName)
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
