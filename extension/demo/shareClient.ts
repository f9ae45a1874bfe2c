import { join } from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/**
 * A package of the demo: a client of a network share. A session that nobody uses any more is
 * closed by itself, and that is this demo's first fault: the cleanup callback waits for the server.
 */
export interface ShareSession {
  readonly share: string;
  read(file: string): string;
}

interface OpenSession {
  readonly id: number;
  readonly connection: ShareConnection;
  readonly onClosing: () => void;
}

export interface ShareConnection {
  /** Asks the server and blocks the calling thread until it answers. */
  ask(request: object): string;
}

// All registries of a process, of whatever package, share one queue: while this callback does not
// return, no other cleanup callback runs.
const sessions = new FinalizationRegistry<OpenSession>(function closeSession(session) {
  session.onClosing();
  session.connection.ask({ kind: "close", session: session.id });
});

let sessionsOpened = 0;

export function openSession(
  connection: ShareConnection,
  share: string,
  onClosing: () => void,
): ShareSession {
  const id = ++sessionsOpened;
  connection.ask({ kind: "open", session: id, share });
  const session = {
    share,
    read: (file: string) => connection.ask({ kind: "read", session: id, file }),
  };
  sessions.register(session, { id, connection, onClosing });
  return session;
}

/**
 * Synchronous I/O in Node, as synchronous-RPC packages do it: a worker thread talks to the server
 * while the calling thread sleeps in `Atomics.wait`. There is no time limit: the second fault.
 */
export function connectToShare(serverPort: number): ShareConnection {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const { port1: answers, port2: answersOfWorker } = new MessageChannel();
  const worker = new Worker(join(__dirname, "shareConnection.cjs"), {
    name: "share-connection",
    workerData: { serverPort, answered, answers: answersOfWorker },
    transferList: [answersOfWorker],
  });

  return {
    ask(request) {
      Atomics.store(answered, 0, 0);
      worker.postMessage(request);
      Atomics.wait(answered, 0, 0);
      return receiveMessageOnPort(answers)?.message;
    },
  };
}
