import { setTimeout as sleep } from "node:timers/promises";
import type { StackSample, ThreadObservation } from "../protocol/threadObservation.ts";
import { type CdpSession, NoAnswerError, ProtocolError } from "./cdpSession.ts";
import type { BorrowedSession } from "./sharedSession.ts";
import {
  beginExceptionProbe,
  beginStackProbe,
  prepareStackProbe,
  type SampleWay,
  type StackProbe,
  stackProbeKey,
} from "./stackProbe.ts";

/** Several interrupts over more than 200 ms tell a callback that runs long from one that was just met. */
const sampleCount = 6;
const samplePeriodMs = 45;
const extraSampleCount = 300;

export interface ThreadToObserve {
  readonly threadId: number;
  readonly name: string;
  /** A session for each way of asking; giving it back without an answer withdraws what it asked. */
  connect(): Promise<BorrowedSession>;
  /** False where a debugger lends its own session: what is switched there is switched for its user. */
  readonly isOurSession: boolean;
  /** Rejects early when the operating system shows that waiting is in vain; else stays pending. */
  readonly hopeless: (signal: AbortSignal) => Promise<never>;
  /** Whether the operating system shows that the thread waits for events: then there is nothing to ask. */
  isIdle(): Promise<boolean>;
  /** Whether the operating system shows that it runs, or waits for a lock, right now. */
  isRunning(): boolean;
}

/** What earlier looks on the same connection have seen, so that a thread is not asked without need. */
interface Earlier {
  looks: number;
  wasStuck: boolean;
}

type Way = {
  readonly name: string;
  begin(thread: ThreadToObserve, session: BorrowedSession, deadlineMs: number): Promise<StackProbe>;
};

/** In the order in which they are tried; the observation says which one answered. */
const ways: readonly Way[] = [
  {
    name: "interrupt evaluation",
    async begin({ isOurSession }, session, deadlineMs) {
      const prepare = () => prepareStackProbe(session, isOurSession, deadlineMs);
      return beginStackProbe(session, await session.once(stackProbeKey, prepare));
    },
  },
  {
    name: "interrupt exception",
    begin: (_thread, session, deadlineMs) => beginExceptionProbe(session, deadlineMs),
  },
];

/**
 * Interrupts the thread several times and reads its stack; nothing is paused or changed, and a pause
 * that somebody else asked for stays theirs. A thread that gives no answer within `deadlineMs` is
 * `silent`. Rejects only when the connection is lost.
 */
export async function observeThread(
  thread: ThreadToObserve,
  deadlineMs: number,
): Promise<ThreadObservation> {
  const { threadId, name } = thread;
  const observed = { threadId, name, asleepBeforeMs: null, nativeWait: null };
  for (const way of ways) {
    const session = await thread.connect();
    const samples: StackSample[] = [];
    try {
      const earlier = await session.once("earlier looks", async () => firstLook());
      if (earlier.looks > 0 && (await thread.isIdle())) {
        earlier.wasStuck = false;
        const idle = { atMs: performance.now(), frames: [], loopTurns: null };
        return { ...observed, state: "answering", answeredBy: "operating system", samples: [idle] };
      }
      const paused = await takeSamples({ thread, session, way, earlier, deadlineMs }, samples);
      earlier.looks++;
      earlier.wasStuck = !paused && hasTurned(samples) === false;
      return { ...observed, state: paused ? "paused" : "answering", answeredBy: way.name, samples };
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

const firstLook = (): Earlier => ({ looks: 0, wasStuck: false });

interface Asking {
  readonly thread: ThreadToObserve;
  readonly session: BorrowedSession;
  readonly way: Way;
  readonly earlier: Earlier;
  readonly deadlineMs: number;
}

/** Adds to `samples` what each interrupt saw, and resolves to whether a debugger holds the thread. */
async function takeSamples(
  { thread, session, way, earlier, deadlineMs }: Asking,
  samples: StackSample[],
): Promise<boolean> {
  const stopWaiting = new AbortController();
  const hopeless = thread.hopeless(stopWaiting.signal);
  const unlessHopeless = <Answer>(answer: Promise<Answer>) => Promise.race([answer, hopeless]);
  const askIfPaused = () => unlessHopeless(isPaused(session, deadlineMs));
  try {
    let paused = await askIfPaused();
    const probe = await unlessHopeless(way.begin(thread, session, deadlineMs));
    const how = (): SampleWay => {
      // A debugger that has the thread, or had to wait for it to leave a long call, has no pause pending.
      const isSafe = paused || (earlier.wasStuck && thread.isRunning());
      return isSafe || !thread.isOurSession ? "getter" : "evaluation";
    };
    const takeSample = async () =>
      void samples.push(await unlessHopeless(probe.sample(how(), deadlineMs)));
    await takeSample();
    if (paused) {
      // One place says all of a thread that stands; it may have been let go just now.
      paused = await askIfPaused();
    }
    if (!paused) {
      // Later looks begin with the two ends of the time: most threads turn between them.
      if (earlier.looks > 0) {
        await sleep((sampleCount - 1) * samplePeriodMs);
        await takeSample();
      }
      while (samples.length < sampleCount && !(earlier.looks > 0 && hasTurned(samples))) {
        await sleep(samplePeriodMs);
        await takeSample();
      }
      for (let more = 0; more < extraSampleCount && hidesItsStack(samples); more++) {
        await takeSample();
      }
      paused = mayBePaused(samples) && (await askIfPaused());
    }
    await probe.dispose(deadlineMs);
    return paused;
  } finally {
    stopWaiting.abort();
  }
}

/** Whether the event loop came round between the first sample and the last; null where Node doesn't count. */
function hasTurned(samples: readonly StackSample[]): boolean | null {
  const turns = samples.map(({ loopTurns }) => loopTurns);
  if (turns.length < 2 || turns.some((turn) => turn === null)) return null;
  return turns.some((turn) => turn !== turns[0]);
}

/**
 * A loop that doesn't turn although hardly a stack was seen: a flood of microtasks, where one interrupt
 * in ten to thirty lands inside a function.
 */
function hidesItsStack(samples: readonly StackSample[]): boolean {
  if (hasTurned(samples) !== false) return false;
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
