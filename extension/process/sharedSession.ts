import { type CdpSession, NoAnswerError, type RawCdpSession } from "./cdpSession.ts";
import {
  createWorkerDirectory,
  type WorkerDirectory,
  type WorkerSession,
} from "./workerSessions.ts";

/**
 * One connection for all questions to a process: Node prints a line on the process's stderr for each
 * new one. A question borrows a session; when a request of it stays without an answer, giving it back
 * closes it, which withdraws the request, and the next question opens another.
 */
export interface SharedSession {
  /** The borrowed session's `close` gives it back, and takes its listeners away. */
  borrow(): Promise<CdpSession>;
  /** The worker threads; each session is borrowed alike. */
  borrowWorkers(deadlineMs: number): Promise<readonly WorkerSession[]>;
  /** Whether the newest connection stands. */
  readonly isOpen: boolean;
  close(): Promise<void>;
}

export function createSharedSession(connect: () => Promise<RawCdpSession>): SharedSession {
  let current: Promise<{ session: RawCdpSession; workers: WorkerDirectory }> | undefined;
  let newest: RawCdpSession | undefined;
  const openAnew = async () => {
    const session = await connect();
    newest = session;
    return { session, workers: createWorkerDirectory(session) };
  };
  const open = async () => {
    const known = await current?.catch(() => undefined);
    if (known && !known.session.isClosed) return known;
    current = openAnew();
    return current;
  };

  return {
    borrow: async () => borrowed((await open()).session),
    async borrowWorkers(deadlineMs) {
      let { session, workers } = await open();
      if (workers.isStale) {
        await session.close();
        ({ session, workers } = await open());
      }
      const listed = await workers.list(deadlineMs).catch(async (error: unknown) => {
        if (error instanceof NoAnswerError) await session.close();
        throw error;
      });
      return listed.map((worker) => ({ ...worker, session: borrowed(worker.session) }));
    },
    get isOpen() {
      return newest !== undefined && !newest.isClosed;
    },
    async close() {
      await (await current?.catch(() => undefined))?.session.close();
    },
  };
}

function borrowed(session: CdpSession): CdpSession {
  const stops: (() => void)[] = [];
  let unanswered = 0;
  let isGivenBack = false;
  return {
    async send(method, parameters, deadlineMs) {
      unanswered++;
      try {
        const answer = await session.send(method, parameters, deadlineMs);
        unanswered--;
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) unanswered--;
        throw error;
      }
    },
    on(event, listener) {
      const stop = session.on(event, listener);
      stops.push(stop);
      return stop;
    },
    get isClosed() {
      return isGivenBack || session.isClosed;
    },
    async close() {
      if (isGivenBack) return;
      isGivenBack = true;
      for (const stop of stops) stop();
      if (unanswered > 0) await session.close();
    },
  };
}
