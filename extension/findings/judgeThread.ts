import type { ThreadState } from "../protocol/report.ts";
import type { ObservedFrame, ThreadObservation } from "../protocol/threadObservation.ts";

/** What the samples of one thread add up to; frames are still in generated positions. */
export interface ThreadJudgement {
  readonly state: ThreadState;
  /** From the first sample of the unbroken state to the last, in milliseconds. */
  readonly observedMs: number;
  /** The stack to show, innermost frame first. */
  readonly frames: readonly ObservedFrame[];
  /** The outermost frame that is really on the stack: where the event loop, a microtask or V8 entered. */
  readonly bottom: ObservedFrame | null;
  /** V8's own frame under a cleanup callback (Node 20 and 22 show it; later versions don't). */
  readonly cleanupBuiltin: ObservedFrame | null;
  /** The innermost frame of the user's code that stayed the same over all samples. */
  readonly hog: ObservedFrame | null;
}

/**
 * Decides from several interrupts whether a thread is idle, busy or stuck. Stuck means that not one
 * turn of the event loop was completed from the first sample to the last. An empty stack alone says
 * little: interrupts mostly land between the microtasks of a flood, and every interrupt makes an idle
 * loop turn.
 */
export function judgeThread(observation: ThreadObservation): ThreadJudgement {
  const { samples } = observation;
  const filled = samples.filter(({ frames }) => frames.length > 0);
  const last = filled.at(-1);
  const frames = last?.frames ?? [];
  const judged = {
    observedMs: (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0),
    frames,
    bottom: bottomOf(frames),
    cleanupBuiltin: frames.find(isCleanupBuiltin) ?? null,
    hog: null,
  };
  if (observation.state === "paused") return { ...judged, state: "paused" };
  if (observation.state === "native") return { ...judged, state: "native" };
  if (observation.state === "silent" || samples.length === 0)
    return { ...judged, state: "unknown" };
  if (samples.length > 1 && !turned(observation)) {
    const stacks = filled.map((sample) => sample.frames);
    const newest = hogOf(stacks);
    const shown = (newest && typicalStack(stacks, newest)) ?? frames;
    const hog = newest && (shown.find((frame) => sameFunction(frame, newest)) ?? newest);
    return { ...judged, state: "stuck", frames: shown, bottom: bottomOf(shown), hog };
  }
  return { ...judged, state: filled.length === 0 ? "idle" : "busy" };
}

/** V8 runs cleanup callbacks under this builtin; it has no script. */
export const isCleanupBuiltin = (frame: ObservedFrame): boolean =>
  frame.functionName === "cleanupSome" && frame.script === null;

export const isInternal = (frame: ObservedFrame): boolean =>
  frame.script === null || frame.script.startsWith("node:");

/** Two frames of the same function, wherever in it they stand. */
export const sameFunction = (a: ObservedFrame, b: ObservedFrame): boolean =>
  a.script === b.script &&
  a.functionName === b.functionName &&
  a.functionLine === b.functionLine &&
  a.functionColumn === b.functionColumn;

function turned({ samples }: ThreadObservation): boolean {
  const first = samples.find(({ loopTurns }) => loopTurns !== null)?.loopTurns;
  const last = samples.findLast(({ loopTurns }) => loopTurns !== null)?.loopTurns;
  if (typeof first === "number" && typeof last === "number") return last !== first;
  // Where Node doesn't count turns, a thread that is always met in one and the same entry counts as stuck.
  const bottoms = samples.map(({ frames }) => bottomOf(frames));
  const reference = bottoms[0];
  return !reference || bottoms.some((bottom) => !bottom || !sameFunction(bottom, reference));
}

function bottomOf(frames: readonly ObservedFrame[]): ObservedFrame | null {
  return frames.findLast((frame) => !frame.async && !isCleanupBuiltin(frame)) ?? null;
}

function hogOf(stacks: readonly (readonly ObservedFrame[])[]): ObservedFrame | null {
  const outermostFirst = stacks.map((frames) => frames.filter(({ async }) => !async).toReversed());
  const newest = outermostFirst.at(-1) ?? [];
  let hog: ObservedFrame | null = null;
  for (const [depth, frame] of newest.entries()) {
    const shared = outermostFirst.every((stack) => {
      const other = stack[depth];
      return other !== undefined && sameFunction(other, frame);
    });
    if (!shared) break;
    if (!isInternal(frame)) hog = frame;
  }
  return hog ?? mostFrequentUserFrame(stacks);
}

/**
 * The newest stack that shows the hog at the line where it was met most often: of a flood the newest sample
 * may show nothing but the queue, and of a batch the callback when it has only just been entered.
 */
function typicalStack(
  stacks: readonly (readonly ObservedFrame[])[],
  hog: ObservedFrame,
): readonly ObservedFrame[] | null {
  const lineOf = (stack: readonly ObservedFrame[]) =>
    stack.find((frame) => sameFunction(frame, hog))?.line ?? null;
  const times = new Map<number, number>();
  for (const stack of stacks) {
    const line = lineOf(stack);
    if (line !== null) times.set(line, (times.get(line) ?? 0) + 1);
  }
  const most = Math.max(...times.values());
  return stacks.findLast((stack) => times.get(lineOf(stack) ?? 0) === most) ?? null;
}

/** A flood of microtasks or nextTicks has no frame in every sample: the one seen most often stands for it. */
function mostFrequentUserFrame(
  stacks: readonly (readonly ObservedFrame[])[],
): ObservedFrame | null {
  const seen: { frame: ObservedFrame; times: number }[] = [];
  for (const frame of stacks.map((frames) => frames.find((one) => !isInternal(one)))) {
    if (!frame) continue;
    const known = seen.find((entry) => sameFunction(entry.frame, frame));
    if (known) known.times++;
    else seen.push({ frame, times: 1 });
  }
  seen.sort((a, b) => b.times - a.times);
  return seen[0]?.frame ?? null;
}
