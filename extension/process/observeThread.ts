import { setTimeout as sleep } from "node:timers/promises";
import type { StackSample, ThreadObservation } from "../protocol/threadObservation.ts";
import { type CdpSession, NoAnswerError, ProtocolError } from "./cdpSession.ts";
import { prepareExceptionProbe, prepareStackProbe, type StackProbe } from "./stackProbe.ts";

/** Several interrupts over more than 200 ms tell a callback that runs long from one that was just met. */
const sampleCount = 6;
const samplePeriodMs = 45;
const extraSampleCount = 300;

export interface ThreadToObserve {
  readonly threadId: number;
  readonly name: string;
  /** A fresh session for each way of asking; closing it withdraws what it asked. */
  connect(): Promise<CdpSession>;
  /** Rejects early when the operating system shows that waiting is in vain; else stays pending. */
  readonly hopeless: (signal: AbortSignal) => Promise<never>;
}

type Probe = {
  readonly name: string;
  prepare(session: CdpSession, deadlineMs: number): Promise<StackProbe>;
};

/** In the order in which they are tried; the observation says which one answered. */
const probes: readonly Probe[] = [
  { name: "interrupt evaluation", prepare: prepareStackProbe },
  { name: "interrupt exception", prepare: prepareExceptionProbe },
];

/**
 * Interrupts the thread several times and reads its stack; nothing is paused or changed. A thread
 * that gives no answer within `deadlineMs` is `silent`. Rejects only when the connection is lost.
 */
export async function observeThread(
  thread: ThreadToObserve,
  deadlineMs: number,
): Promise<ThreadObservation> {
  const { threadId, name } = thread;
  const observed = { threadId, name, asleepBeforeMs: null, nativeWait: null };
  for (const probe of probes) {
    const session = await thread.connect();
    const samples: StackSample[] = [];
    try {
      const paused = await takeSamples(thread, session, probe, samples, deadlineMs);
      return {
        ...observed,
        state: paused ? "paused" : "answering",
        answeredBy: probe.name,
        samples,
      };
    } catch (error) {
      // A thread that answered at first and then no more has gone into native code.
      if (error instanceof NoAnswerError) {
        return { ...observed, state: "silent", answeredBy: null, samples };
      }
      if (!(error instanceof ProtocolError)) throw error;
    } finally {
      await session.close();
    }
  }
  return { ...observed, state: "silent", answeredBy: null, samples: [] };
}

/** Adds to `samples` what each interrupt saw, and resolves to whether a debugger holds the thread. */
async function takeSamples(
  thread: ThreadToObserve,
  session: CdpSession,
  probe: Probe,
  samples: StackSample[],
  deadlineMs: number,
): Promise<boolean> {
  const stopWaiting = new AbortController();
  const hopeless = thread.hopeless(stopWaiting.signal);
  const unlessHopeless = <Answer>(answer: Promise<Answer>) => Promise.race([answer, hopeless]);
  try {
    const { sample, dispose } = await unlessHopeless(probe.prepare(session, deadlineMs));
    const takeSample = async () => void samples.push(await unlessHopeless(sample(deadlineMs)));
    await takeSample();
    await sleep(samplePeriodMs);
    await takeSample();
    const paused = mayBePaused(samples) ? unlessHopeless(isPaused(session, deadlineMs)) : false;
    const enough = (async () => {
      while (samples.length < sampleCount) {
        await sleep(samplePeriodMs);
        await takeSample();
      }
      for (let more = 0; more < extraSampleCount && hidesItsStack(samples); more++) {
        await takeSample();
      }
      await dispose(deadlineMs);
    })();
    const [wasPaused] = await Promise.all([paused, enough]);
    return wasPaused && mayBePaused(samples);
  } finally {
    stopWaiting.abort();
  }
}

/**
 * A loop that doesn't turn although hardly a stack was seen: a flood of microtasks, where one interrupt
 * in ten to thirty lands inside a function.
 */
function hidesItsStack(samples: readonly StackSample[]): boolean {
  const turns = samples.map(({ loopTurns }) => loopTurns);
  if (turns[0] === null || turns.some((turn) => turn !== turns[0])) return false;
  return samples.filter(({ frames }) => frames.length > 0).length < 3;
}

/** A thread at a breakpoint shows one and the same place and makes no turn; most threads needn't be asked. */
function mayBePaused(samples: readonly StackSample[]): boolean {
  const first = samples[0]?.frames[0];
  return samples.every(
    ({ frames }) =>
      frames[0] !== undefined &&
      frames[0].script === first?.script &&
      frames[0].line === first?.line &&
      frames[0].column === first?.column,
  );
}

/**
 * Whether another client holds the thread. Evaluating on a frame that doesn't exist evaluates nothing,
 * and V8 says first of all, also to a session without the Debugger domain, when the thread isn't paused.
 */
export async function isPaused(session: CdpSession, deadlineMs: number): Promise<boolean> {
  try {
    await session.send(
      "Debugger.evaluateOnCallFrame",
      { callFrameId: "leakline", expression: "0" },
      deadlineMs,
    );
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return !/while paused/i.test(error.message);
    throw error;
  }
}
