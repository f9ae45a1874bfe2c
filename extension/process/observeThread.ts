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
    try {
      const samples = await takeSamples(thread, session, probe, deadlineMs);
      const paused = mayBePaused(samples) && (await isPaused(session, deadlineMs));
      return {
        ...observed,
        state: paused ? "paused" : "answering",
        answeredBy: probe.name,
        samples,
      };
    } catch (error) {
      if (error instanceof NoAnswerError) break;
      if (!(error instanceof ProtocolError)) throw error;
    } finally {
      await session.close();
    }
  }
  return { ...observed, state: "silent", answeredBy: null, samples: [] };
}

async function takeSamples(
  thread: ThreadToObserve,
  session: CdpSession,
  probe: Probe,
  deadlineMs: number,
): Promise<readonly StackSample[]> {
  const stopWaiting = new AbortController();
  try {
    const { sample, dispose } = await Promise.race([
      probe.prepare(session, deadlineMs),
      thread.hopeless(stopWaiting.signal),
    ]);
    const samples: StackSample[] = [];
    for (let taken = 0; taken < sampleCount; taken++) {
      if (taken > 0) await sleep(samplePeriodMs);
      samples.push(await sample(deadlineMs));
    }
    for (let more = 0; more < extraSampleCount && hidesItsStack(samples); more++) {
      samples.push(await sample(deadlineMs));
    }
    await dispose(deadlineMs);
    return samples;
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
 * `Debugger.enable` is answered with `Debugger.paused` when another client holds the thread. Pauses
 * are skipped for our session first, so that a `debugger` statement can't stop the program for us.
 */
export async function isPaused(session: CdpSession, deadlineMs: number): Promise<boolean> {
  let paused = false;
  const stop = session.on("Debugger.paused", () => {
    paused = true;
  });
  try {
    await session.send("Debugger.setSkipAllPauses", { skip: true }, deadlineMs);
    await session.send("Debugger.enable", {}, deadlineMs);
    await session.send("Debugger.disable", undefined, deadlineMs);
  } finally {
    stop();
  }
  return paused;
}
