import { formatDuration } from "../base/duration.ts";
import type { CleanupProof, ThreadEvidence } from "../findings/evidence.ts";
import {
  isCleanupBuiltin,
  isInternal,
  judgeThread,
  type ThreadJudgement,
} from "../findings/judgeThread.ts";
import type { StackFrame } from "../protocol/finding.ts";
import type { SourcePosition } from "../protocol/sourcePosition.ts";
import type {
  NativeWait,
  ObservedFrame,
  ThreadObservation,
} from "../protocol/threadObservation.ts";
import type { SourceLibrary } from "../sources/sourceLibrary.ts";
import type { ScriptReference } from "../sources/sourceLoaders.ts";
import { scriptKey } from "./targetSources.ts";

/** Where a function begins in the code that runs: 1-based, as the sources room counts. */
export interface FunctionStart {
  readonly script: ScriptReference;
  readonly line: number;
  readonly column: number;
}

/** The cleanup callbacks of a snapshot's registries. */
export interface KnownCallbacks {
  readonly starts: readonly FunctionStart[];
  /** False when the snapshot doesn't say of some callback which script it is in. */
  readonly areAll: boolean;
}

/** What decides whether the bottom of a stack is a cleanup callback. */
export interface CleanupKnowledge {
  readonly library: SourceLibrary;
  /** Node's version; 20 and 22 show V8's builtin under every cleanup callback, later ones don't. */
  readonly nodeMajor: number | null;
  /** The cleanup callbacks of every registry in a snapshot of this thread, when one was taken. */
  readonly callbacks: KnownCallbacks | null;
}

/** Turns what was observed of a thread into evidence in the user's positions. `sinceMs` is the caller's to know. */
export async function threadEvidenceOf(
  observation: ThreadObservation,
  sinceMs: number,
  knowledge: CleanupKnowledge,
): Promise<ThreadEvidence> {
  const judgement = judgeThread(observation);
  const { library } = knowledge;
  return {
    threadId: observation.threadId,
    name: observation.name,
    state: judgement.state,
    detail: observation.nativeWait ? describeNativeWait(observation.nativeWait) : null,
    sinceMs: observation.nativeWait?.asleepMs ?? sinceMs,
    stack: await Promise.all(judgement.frames.map((frame) => stackFrameOf(frame, library))),
    hog: judgement.hog && (await positionOf(judgement.hog, library)),
    cleanup: await proveCleanup(judgement, knowledge),
    nativeWait: observation.nativeWait,
  };
}

async function stackFrameOf(frame: ObservedFrame, library: SourceLibrary): Promise<StackFrame> {
  return {
    position: await positionOf(frame, library),
    function: isCleanupBuiltin(frame) ? "FinalizationRegistry.cleanupSome" : nameOf(frame),
    internal: isInternal(frame),
    async: frame.async,
  };
}

/** V8 has one builtin of this name, and says nothing of the object that it belongs to. */
const nameOf = ({ script, functionName }: ObservedFrame): string | null =>
  script === null && functionName === "wait" ? "Atomics.wait" : functionName;

async function positionOf(
  frame: ObservedFrame,
  library: SourceLibrary,
): Promise<SourcePosition | null> {
  const { script, line, column, functionName } = frame;
  if (script === null || line === null) return null;
  return library.position(
    { url: script, scriptId: null },
    { line, column: column ?? 1 },
    functionName,
  );
}

const expectsBuiltin = (major: number | null): boolean => major !== null && major < 24;

const undecided = (reason: string): CleanupProof => answer("open", reason, false);
const answer = (
  verdict: CleanupProof["answer"],
  reason: string,
  certain: boolean,
): CleanupProof => ({ answer: verdict, reason, certain, callback: null, registeredAt: [] });

/** Proves or disproves that the function at the bottom of a stuck thread's stack is a cleanup callback. */
async function proveCleanup(
  { state, bottom, cleanupBuiltin, frames }: ThreadJudgement,
  { library, nodeMajor, callbacks }: CleanupKnowledge,
): Promise<CleanupProof> {
  if (state !== "stuck") return undecided("The thread is not stuck.");
  if (!bottom) {
    return answer(
      "disproved",
      "Every interrupt found it between two functions: a flood of microtasks.",
      true,
    );
  }
  const start = startOf(bottom);
  const proved = async (reason: string, certain: boolean): Promise<CleanupProof> => {
    // A look is to take a second: the lines of a huge bundle are read with the snapshot.
    const isRead = start && (callbacks !== null || (await library.isQuicklyRead(start.script)));
    const registry = isRead ? await library.registryOf(start.script, start) : null;
    const callback = registry?.callback ?? (await callbackPosition(bottom, frames, library));
    return {
      answer: "proved",
      reason,
      certain,
      callback,
      registeredAt: registry?.registeredAt ?? [],
    };
  };
  if (cleanupBuiltin) {
    return proved("V8 runs it under its builtin FinalizationRegistry.cleanupSome.", true);
  }
  // Only the stack that shows where functions begin shows builtins as well.
  if (expectsBuiltin(nodeMajor) && bottom.functionLine !== null) {
    return answer(
      "disproved",
      "V8's builtin FinalizationRegistry.cleanupSome is not on its stack.",
      true,
    );
  }
  if (!start)
    return undecided("V8 did not say where the function at the bottom of the stack begins.");
  const fromSource = isInternal(bottom)
    ? null
    : await library.cleanupCallbackAt(start.script, start, placeOf(bottom));
  if (fromSource?.afterFirstAwait) {
    return answer(
      "disproved",
      "It is the continuation of an async function after an await: the host's cleanup task had ended before.",
      true,
    );
  }
  if (callbacks) {
    for (const callback of callbacks.starts) {
      if (await isSameFunction(callback, start, library)) {
        return proved(
          "The snapshot has a registry whose cleanup callback is the function at the bottom of the stack.",
          !fromSource?.alsoUsedElsewhere,
        );
      }
    }
    if (callbacks.areAll) {
      return answer(
        "disproved",
        "No registry in the snapshot has the function at the bottom of the stack as its cleanup callback.",
        true,
      );
    }
  }
  if (isInternal(bottom)) {
    return answer(
      "disproved",
      `Node entered it through ${bottom.functionName ?? "its own code"} (${bottom.script}).`,
      false,
    );
  }
  if (fromSource?.proof === "certain" || fromSource?.proof === "likely") {
    return proved(
      fromSource.reason,
      fromSource.proof === "certain" && !fromSource.alsoUsedElsewhere,
    );
  }
  return fromSource?.proof === "none"
    ? answer("disproved", fromSource.reason, false)
    : undecided(fromSource?.reason ?? "Its source is not available.");
}

/** The first function of the user's above the entry: a callback may be wrapped by one of Node's own. */
async function callbackPosition(
  bottom: ObservedFrame,
  frames: readonly ObservedFrame[],
  library: SourceLibrary,
): Promise<SourcePosition | null> {
  const frame = isInternal(bottom)
    ? (frames.findLast((one) => !one.async && !isInternal(one)) ?? bottom)
    : bottom;
  const start = startOf(frame);
  return start
    ? library.position(start.script, start, frame.functionName)
    : positionOf(frame, library);
}

export async function isSameFunction(
  a: FunctionStart,
  b: FunctionStart,
  library: SourceLibrary,
): Promise<boolean> {
  if (scriptKey(a.script.url) !== scriptKey(b.script.url)) return false;
  if (a.line === b.line && a.column === b.column) return true;
  return library.sameFunction(a.script, a, b);
}

export function startOf(frame: ObservedFrame): FunctionStart | null {
  const { script, functionLine, functionColumn } = frame;
  if (script === null || functionLine === null || functionColumn === null) return null;
  return { script: { url: script, scriptId: null }, line: functionLine, column: functionColumn };
}

const placeOf = ({ line, column }: ObservedFrame) =>
  line === null ? null : { line, column: column ?? 1 };

/** What the operating system tells, in one sentence. */
export function describeNativeWait(wait: NativeWait): string {
  const asleep = wait.asleepMs === null ? "" : ` for ≥ ${formatDuration(wait.asleepMs)}`;
  const call = wait.systemCall ?? wait.kernelFunction;
  const where =
    call === null ? "computes, most likely in native code" : `waits in ${call}${asleep}`;
  const kernel = wait.kernelFunction && wait.systemCall ? ` (${wait.kernelFunction})` : "";
  const children = wait.children.map(
    ({ pid, command, ageMs }) =>
      `child process ${pid} "${command}", running for ${formatDuration(ageMs)}`,
  );
  return `${where}${kernel}${children.length > 0 ? `; ${children.join("; ")}` : ""}`;
}
