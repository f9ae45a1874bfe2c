import { withDeadline } from "../base/deadline.ts";
import {
  type CdpSession,
  ConnectionLostError,
  NoAnswerError,
  ProtocolError,
  type RawCdpSession,
} from "./cdpSession.ts";

/** A worker thread of the inspected process, with a session of its own inside the main one. */
export interface WorkerSession {
  readonly threadId: number;
  readonly name: string;
  readonly session: CdpSession;
}

/** The workers that are alive, for as long as the main session is open. */
export interface WorkerDirectory {
  list(deadlineMs: number): Promise<readonly WorkerSession[]>;
  /** A session was closed because its worker gave no answer: only a new connection attaches to it again. */
  readonly isStale: boolean;
}

/**
 * Node's own NodeWorker domain (src/inspector/node_protocol.pdl): messages to a worker travel inside
 * messages of the main session. Workers are not made to wait, and are let go when the main session closes.
 */
export function createWorkerDirectory(main: RawCdpSession): WorkerDirectory {
  const workers = new Map<string, WorkerSession & { readonly session: NestedSession }>();
  let enabled: Promise<unknown> | undefined;
  main.onRaw("NodeWorker.attachedToWorker", (data) => {
    const attached = parseAttached(data);
    if (!attached) return;
    const { sessionId, threadId, name } = attached;
    workers.set(sessionId, { threadId, name, session: nestedSession(main, sessionId) });
  });
  main.onRaw("NodeWorker.detachedFromWorker", (data) => {
    if (!isRecord(data)) return;
    const sessionId = String(data["sessionId"]);
    workers.get(sessionId)?.session.end();
    workers.delete(sessionId);
  });
  return {
    async list(deadlineMs) {
      enabled ??= main.sendRaw("NodeWorker.enable", { waitForDebuggerOnStart: false }, deadlineMs);
      await enabled;
      return [...workers.values()];
    },
    get isStale() {
      return [...workers.values()].some(({ session }) => session.isClosed);
    },
  };
}

/**
 * The worker of one NodeWorker.attachedToWorker; null for anything else. Its `workerId` counts in an
 * order of the inspector's own: the thread's id stands in the title, `[worker 3] name`.
 */
export function parseAttached(
  data: unknown,
): { readonly sessionId: string; readonly threadId: number; readonly name: string } | null {
  if (!isRecord(data) || typeof data["sessionId"] !== "string") return null;
  const info = data["workerInfo"];
  const title = isRecord(info) ? info["title"] : undefined;
  const [, id, name] =
    /^\[worker (\d+)\]\s*(.*)$/s.exec(typeof title === "string" ? title : "") ?? [];
  if (id === undefined) return null;
  const isNamed = name !== undefined && name !== "" && name !== "WorkerThread";
  return {
    sessionId: data["sessionId"],
    threadId: Number(id),
    name: isNamed ? `worker ${id} (${name})` : `worker ${id}`,
  };
}

interface NestedSession extends CdpSession {
  /** The worker has ended: whoever waits for an answer of it needn't. */
  end(): void;
}

interface Pending {
  resolve(message: Record<string, unknown>): void;
  reject(error: Error): void;
}

function nestedSession(main: RawCdpSession, sessionId: string): NestedSession {
  let nextId = 1;
  let closed = false;
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, Set<(data: never) => void>>();
  const stop = main.onRaw("NodeWorker.receivedMessageFromWorker", (data) => {
    if (!isRecord(data) || data["sessionId"] !== sessionId || typeof data["message"] !== "string")
      return;
    const message: unknown = JSON.parse(data["message"]);
    if (!isRecord(message)) return;
    if (typeof message["id"] === "number") {
      pending.get(message["id"])?.resolve(message);
    } else if (typeof message["method"] === "string") {
      for (const listener of listeners.get(message["method"]) ?? []) {
        listener((message["params"] ?? {}) as never);
      }
    }
  });
  return {
    async send(method, parameters, deadlineMs) {
      if (closed || main.isClosed) throw new ConnectionLostError("the connection is closed");
      const id = nextId++;
      const answer = new Promise<Record<string, unknown>>((resolve, reject) =>
        pending.set(id, { resolve, reject }),
      );
      // The message to the worker may fail before anybody waits for its answer.
      answer.catch(() => {});
      try {
        await main.sendRaw(
          "NodeWorker.sendMessageToWorker",
          { sessionId, message: JSON.stringify({ id, method, params: parameters ?? {} }) },
          deadlineMs,
        );
        const message = await withDeadline(
          answer,
          deadlineMs,
          () => new NoAnswerError(`${method} was not answered within ${deadlineMs} ms`),
        );
        const error = message["error"];
        if (isRecord(error)) throw new ProtocolError(`${method}: ${String(error["message"])}`);
        return message["result"] as never;
      } finally {
        pending.delete(id);
      }
    },
    on(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener as (data: never) => void));
      return () => known.delete(listener as (data: never) => void);
    },
    get isClosed() {
      return closed || main.isClosed;
    },
    end() {
      closed = true;
      stop();
      for (const { reject } of pending.values()) {
        reject(new ConnectionLostError("the worker has ended"));
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      stop();
      await main.sendRaw("NodeWorker.detach", { sessionId }, 300).catch(() => {});
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
