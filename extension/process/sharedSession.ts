import {
  type CdpSession,
  ConnectionLostError,
  NoAnswerError,
  type RawCdpSession,
} from "./cdpSession.ts";
import {
  createWorkerDirectory,
  type WorkerDirectory,
  type WorkerSession,
} from "./workerSessions.ts";

/**
 * One connection for all questions to a process: Node prints a line on the process's stderr for each
 * new one. A question borrows a session; when a request of it stays without an answer, the connection
 * is given up: the next question opens another, and what was asked is withdrawn with the connection's
 * end, as soon as no other question is still being answered on it.
 */
export interface SharedSession {
  /** The borrowed session's `close` gives it back, and takes its listeners away. */
  borrow(): Promise<BorrowedSession>;
  /** The worker threads; each session is borrowed alike. */
  borrowWorkers(deadlineMs: number): Promise<readonly BorrowedWorker[]>;
  /** Whether the newest connection stands. */
  readonly isOpen: boolean;
  /** Ends every connection, also those in use. Who borrows afterwards is told that it is lost. */
  close(): Promise<void>;
}

export interface BorrowedSession extends CdpSession {
  /** What was made under this name on the same connection, or what `make` makes there now. */
  once<Made>(name: string, make: () => Promise<Made>): Promise<Made>;
  /** What was made is gone, though the connection stands. */
  forget(name: string): void;
}

export interface BorrowedWorker extends WorkerSession {
  readonly session: BorrowedSession;
}

interface Connection {
  readonly session: RawCdpSession;
  readonly workers: WorkerDirectory;
  borrowers: number;
  isGivenUp: boolean;
}

export function createSharedSession(connect: () => Promise<RawCdpSession>): SharedSession {
  const connections = new Set<Connection>();
  let current: Promise<Connection> | undefined;
  let newest: RawCdpSession | undefined;
  let isEnded = false;

  const openAnew = async (): Promise<Connection> => {
    const session = await connect();
    newest = session;
    const workers = createWorkerDirectory(session);
    const opened = { session, workers, borrowers: 0, isGivenUp: false };
    connections.add(opened);
    return opened;
  };

  /** The connection with one borrower more. */
  const open = async (): Promise<Connection> => {
    for (;;) {
      const asked = current;
      const known = await asked?.catch(() => undefined);
      // A question that waited for something else must not bring the connection back.
      if (isEnded) throw new ConnectionLostError("the target was closed");
      // Somebody else opened one meanwhile.
      if (asked !== current) continue;
      if (known && !known.session.isClosed && !known.isGivenUp) {
        known.borrowers++;
        return known;
      }
      current = openAnew();
      const opened = await current;
      opened.borrowers++;
      return opened;
    }
  };

  const end = async (connection: Connection) => {
    connections.delete(connection);
    await connection.session.close();
  };

  const giveBack = async (connection: Connection, isGivenUp: boolean) => {
    connection.borrowers--;
    connection.isGivenUp ||= isGivenUp;
    if (connection.isGivenUp && connection.borrowers === 0) await end(connection);
  };

  return {
    async borrow() {
      const connection = await open();
      return borrowed(connection.session, (isUnanswered) => giveBack(connection, isUnanswered));
    },
    async borrowWorkers(deadlineMs) {
      let connection = await open();
      if (connection.workers.isStale) {
        await giveBack(connection, true);
        connection = await open();
      }
      let isUnanswered = false;
      try {
        const listed = await connection.workers.list(deadlineMs);
        connection.borrowers += listed.length;
        return listed.map((worker) => ({
          ...worker,
          session: borrowed(worker.session, async (isWithoutAnswer) => {
            // Ends this worker's session only; the main thread may be answering.
            if (isWithoutAnswer) await worker.session.close();
            await giveBack(connection, false);
          }),
        }));
      } catch (error) {
        isUnanswered = error instanceof NoAnswerError;
        throw error;
      } finally {
        await giveBack(connection, isUnanswered);
      }
    },
    get isOpen() {
      return newest !== undefined && !newest.isClosed;
    },
    async close() {
      isEnded = true;
      await current?.catch(() => undefined);
      await Promise.all([...connections].map(end));
    },
  };
}

function borrowed(
  session: CdpSession,
  onGivenBack: (isUnanswered: boolean) => Promise<void>,
): BorrowedSession {
  const made = madeOn(session);
  const stops: (() => void)[] = [];
  const withdrawals = new Set<() => void>();
  let unanswered = 0;
  let isGivenBack = false;
  return {
    async send(method, parameters, deadlineMs) {
      unanswered++;
      let withdraw = () => {};
      const withdrawn = new Promise<never>((_, reject) => {
        withdraw = () => reject(new NoAnswerError(`${method} was withdrawn`));
      });
      withdrawals.add(withdraw);
      try {
        const answer = await Promise.race([
          session.send(method, parameters, deadlineMs),
          withdrawn,
        ]);
        unanswered--;
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) unanswered--;
        throw error;
      } finally {
        withdrawals.delete(withdraw);
      }
    },
    on(event, listener) {
      const stop = session.on(event, listener);
      stops.push(stop);
      return stop;
    },
    async once(name, make) {
      let known = made.get(name);
      if (!known) {
        known = make();
        made.set(name, known);
        // The next one tries again.
        known.catch(() => made.delete(name));
      }
      return known as Promise<never>;
    },
    forget: (name) => void made.delete(name),
    get isClosed() {
      return isGivenBack || session.isClosed;
    },
    async close() {
      if (isGivenBack) return;
      isGivenBack = true;
      for (const stop of stops) stop();
      const isUnanswered = unanswered > 0;
      for (const withdraw of withdrawals) withdraw();
      await onGivenBack(isUnanswered);
    },
  };
}

const madeOnSessions = new WeakMap<CdpSession, Map<string, Promise<unknown>>>();

/** What lives as long as a session, by name. */
function madeOn(session: CdpSession): Map<string, Promise<unknown>> {
  const known = madeOnSessions.get(session) ?? new Map<string, Promise<unknown>>();
  madeOnSessions.set(session, known);
  return known;
}
