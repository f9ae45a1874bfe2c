import CDP from "chrome-remote-interface";
import type { ProtocolMapping } from "devtools-protocol/types/protocol-mapping.js";
import { withDeadline } from "../base/deadline.ts";

type Commands = ProtocolMapping.Commands;
type Events = ProtocolMapping.Events;
type Parameters<Method extends keyof Commands> = Commands[Method]["paramsType"][0];
type Result<Method extends keyof Commands> = Commands[Method]["returnType"];

/** No answer within the deadline. The request may still stand in the process: close the session to withdraw it. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** The connection is gone: the process ended, or closed its inspector. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** There never was a connection: nobody listens, or what listens is no inspector. */
export class CannotConnectError extends Error {
  override readonly name = "CannotConnectError";
  /** The system's code, such as `ECONNREFUSED`; null when something answered, but not as an inspector. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** The process answered with an error of the protocol. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** One client of one thread's inspector. Closing it withdraws what it asked and undoes what it enabled. */
export interface CdpSession {
  /** Rejects with NoAnswerError, ConnectionLostError or ProtocolError. */
  send<Method extends keyof Commands>(
    method: Method,
    parameters: Parameters<Method>,
    deadlineMs: number,
  ): Promise<Result<Method>>;
  /** Listens until the session is closed, or until the returned function is called. */
  on<Event extends keyof Events>(
    event: Event,
    listener: (data: Events[Event][0]) => void,
  ): () => void;
  readonly isClosed: boolean;
  /** Never rejects and never waits long. */
  close(): Promise<void>;
}

/** The domains of Node's inspector that the browser's protocol doesn't know go through here. */
export interface RawCdpSession extends CdpSession {
  sendRaw(method: string, parameters: object, deadlineMs: number): Promise<unknown>;
  onRaw(event: string, listener: (data: unknown) => void): () => void;
}

/** A stopped process does not finish the closing handshake: after this the socket is cut. */
const closeDeadlineMs = 300;

/** Connects to a `ws://` address. Rejects with NoAnswerError or CannotConnectError. */
export async function connectCdp(webSocketUrl: string, deadlineMs: number): Promise<RawCdpSession> {
  // An empty descriptor: we send by method name, and the full one would be a megabyte of the bundle.
  const connecting = CDP({
    target: webSocketUrl,
    protocol: { version: { major: "1", minor: "3" }, domains: [] },
  });
  let client: CDP.Client;
  try {
    client = await withDeadline(
      connecting,
      deadlineMs,
      () => new NoAnswerError(`no connection within ${deadlineMs} ms`),
    );
  } catch (error) {
    if (error instanceof NoAnswerError) {
      connecting.then((late) => late.close()).catch(() => {});
      throw error;
    }
    throw new CannotConnectError(messageOf(error), codeOf(error));
  }
  return wrapClient(client, socketOf(client));
}

/** The WebSocket inside of the client, which has no public door to it. */
interface ClientSocket {
  listeners(event: "message"): ((...data: unknown[]) => void)[];
  off(event: "message", listener: (...data: unknown[]) => void): void;
  on(event: "message", listener: (...data: unknown[]) => void): void;
  terminate(): void;
}
const socketOf = (client: CDP.Client): ClientSocket =>
  (client as unknown as { readonly _ws: ClientSocket })._ws;

/**
 * The client parses whatever arrives, in an event of its own: text that is no message of the protocol
 * would end our process. Such a connection is cut instead.
 */
function surviveGarbage(socket: ClientSocket, onGarbage: () => void): void {
  for (const listener of socket.listeners("message")) {
    socket.off("message", listener);
    socket.on("message", (...data) => {
      try {
        listener(...data);
      } catch {
        onGarbage();
        socket.terminate();
      }
    });
  }
}

/** The client by the names of methods and events, whichever domain they belong to. */
interface AnyDomain {
  send(method: string, parameters: object): Promise<unknown>;
  on(event: string, listener: (data: unknown) => void): void;
  off(event: string, listener: (data: unknown) => void): void;
}
const anyDomain = (client: CDP.Client): AnyDomain => client as unknown as AnyDomain;

function wrapClient(client: CDP.Client, socket: ClientSocket): RawCdpSession {
  let closed = false;
  let closedByUs = false;
  let saidGarbage = false;
  surviveGarbage(socket, () => {
    saidGarbage = true;
  });
  client.on("disconnect", () => {
    closed = true;
  });
  client.on("error", () => {
    closed = true;
  });

  const sendRaw = async (method: string, parameters: object, deadlineMs: number) => {
    if (closed) throw new ConnectionLostError("the connection is closed");
    try {
      return await withDeadline(
        anyDomain(client).send(method, parameters),
        deadlineMs,
        () => new NoAnswerError(`${method} was not answered within ${deadlineMs} ms`),
      );
    } catch (error) {
      if (error instanceof NoAnswerError) throw error;
      // Whatever is not an answer of the process is a failure of the socket.
      if (error instanceof Error && "response" in error) {
        throw new ProtocolError(`${method}: ${error.message}`);
      }
      if (saidGarbage)
        throw new ProtocolError(`${method}: the answer is no message of the protocol`);
      if (closedByUs) throw new NoAnswerError(`${method} was withdrawn`);
      throw new ConnectionLostError(messageOf(error));
    }
  };
  const onRaw = (event: string, listener: (data: unknown) => void) => {
    anyDomain(client).on(event, listener);
    return () => anyDomain(client).off(event, listener);
  };
  return {
    sendRaw,
    onRaw,
    send: (method, parameters, deadlineMs) =>
      sendRaw(method, parameters ?? {}, deadlineMs) as Promise<never>,
    on: (event, listener) => onRaw(event, listener as (data: unknown) => void),
    get isClosed() {
      return closed;
    },
    async close() {
      if (closed) return;
      closed = true;
      closedByUs = true;
      await withDeadline(client.close(), closeDeadlineMs, () => new Error("slow close")).catch(() =>
        // What was asked is only withdrawn when the connection ends.
        socket.terminate(),
      );
    },
  };
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
