import { UserError, type UserErrorKind } from "./errors.ts";

/**
 * One interface of asynchronous methods is one border between processes; the messages are derived
 * from it. Requests, replies and cancellations share one channel, and results are plain data.
 */
export type Methods<Api> = { readonly [M in keyof Api]: (...args: never[]) => Promise<unknown> };

/** Asks for one method of the interface. */
export type CallMessage<Api extends Methods<Api>> = {
  readonly [M in keyof Api & string]: {
    readonly type: "call";
    readonly id: number;
    readonly method: M;
    readonly args: Parameters<Api[M]>;
  };
}[keyof Api & string];

/** What the asking side sends. */
export type ClientMessage<Api extends Methods<Api>> =
  | CallMessage<Api>
  | { readonly type: "cancel"; readonly id: number };

/** What the answering side sends: an answer to one call, or an event that belongs to one. */
export type ServiceMessage<Event> =
  | { readonly type: "reply"; readonly id: number; readonly ok: unknown }
  | { readonly type: "reply"; readonly id: number; readonly error: ErrorMessage }
  | { readonly type: "event"; readonly id: number; readonly event: Event };

/** An error that crossed a border: still typed for the user, or named as cancelled or as our own bug. */
export type ErrorMessage =
  | {
      readonly type: "user";
      readonly kind: UserErrorKind;
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    }
  | { readonly type: "cancelled" }
  | {
      readonly type: "bug";
      readonly name: string;
      readonly message: string;
      readonly stack: string;
    };

/** The name that `AbortSignal` gives its reason; cancelled calls reject with an error of this name. */
export const cancelledErrorName = "AbortError";

export function errorToMessage(error: unknown): ErrorMessage {
  if (error instanceof UserError) {
    const { kind, code, message, hint } = error;
    return { type: "user", kind, code, message, hint };
  }
  if (error instanceof Error && error.name === cancelledErrorName) return { type: "cancelled" };
  const asError = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack = message } = asError;
  return { type: "bug", name, message, stack };
}

export function errorFromMessage(message: ErrorMessage): Error {
  switch (message.type) {
    case "user":
      return new UserError(message.kind, message.code, message.message, message.hint);
    case "cancelled":
      return new DOMException("The work was cancelled.", cancelledErrorName);
    case "bug": {
      const { name, stack } = message;
      return Object.assign(new Error(message.message), { name, stack });
    }
    default:
      return message satisfies never;
  }
}

/** What the asking side gives a call besides its arguments: the mirror of CallContext. */
export interface CallOptions<Event> {
  /** Aborting asks the call to stop, and takes its events away at once. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export interface RpcClient<Api extends Methods<Api>, Event> {
  /**
   * The interface for calls that share a signal and a listener. A call that is cancelled rejects with
   * an `AbortError` as soon as the other side has stopped it; what was done already by then still
   * arrives, so that an opened target is never without an owner.
   */
  bind(options: CallOptions<Event>): Api;
  /** Hands over a message of the other side; anything that isn't one is ignored. */
  receive(message: unknown): void;
  /** Rejects every pending and future call, for instance because the other process is gone. */
  close(reason: Error): void;
}

interface PendingCall<Event> {
  readonly options: CallOptions<Event>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The asking side. `send` may throw when the channel is closed; the call then rejects. */
export function createRpcClient<Api extends Methods<Api>, Event>(
  methods: readonly (keyof Api & string)[],
  send: (message: ClientMessage<Api>) => void,
): RpcClient<Api, Event> {
  const pending = new Map<number, PendingCall<Event>>();
  let nextId = 1;
  let closed: Error | undefined;

  const call = async (options: CallOptions<Event>, method: string, args: readonly unknown[]) => {
    if (options.signal?.aborted) throw errorFromMessage({ type: "cancelled" });
    if (closed) throw closed;
    const id = nextId++;
    const cancel = () => sendIfOpen(send, { type: "cancel", id });
    options.signal?.addEventListener("abort", cancel);
    try {
      return await new Promise<unknown>((resolve, reject) => {
        pending.set(id, { options, resolve, reject });
        send({ type: "call", id, method, args } as unknown as ClientMessage<Api>);
      });
    } finally {
      pending.delete(id);
      options.signal?.removeEventListener("abort", cancel);
    }
  };

  return {
    bind: (options) =>
      Object.fromEntries(
        methods.map((method) => [method, (...args: unknown[]) => call(options, method, args)]),
      ) as unknown as Api,
    receive(message) {
      if (!isServiceMessage<Event>(message)) return;
      const waiting = pending.get(message.id);
      if (message.type === "event") {
        const { signal, onEvent } = waiting?.options ?? {};
        if (!signal?.aborted) onEvent?.(message.event);
      } else if ("error" in message) waiting?.reject(errorFromMessage(message.error));
      else waiting?.resolve(message.ok);
    },
    close(reason) {
      closed ??= reason;
      for (const { reject } of pending.values()) reject(closed);
      pending.clear();
    },
  };
}

/** A channel that has closed needs no cancelling: its end rejects the call. */
function sendIfOpen<Message>(send: (message: Message) => void, message: Message): void {
  try {
    send(message);
  } catch {}
}

/** What a method of the answering side gets besides its arguments. */
export interface CallContext<Event> {
  readonly signal: AbortSignal;
  emit(event: Event): void;
  /** For long work that reads no messages meanwhile: throws an `AbortError` once the call was cancelled. */
  readonly checkpoint?: (() => void) | undefined;
}

/** The answering side: `implement` makes the interface anew for each call, bound to that call's context. */
export function createRpcService<Api extends Methods<Api>, Event>(
  implement: (context: CallContext<Event>) => Api,
  send: (message: ServiceMessage<Event>) => void,
  /** Whether a call was cancelled whose message has not been received yet. */
  isCancelled: (id: number) => boolean = () => false,
): { receive(message: unknown): void; cancelAll(): void } {
  const running = new Map<number, AbortController>();

  const answer = async (id: number, method: string, args: readonly unknown[]) => {
    const controller = new AbortController();
    running.set(id, controller);
    const api = implement({
      signal: controller.signal,
      emit: (event) => send({ type: "event", id, event }),
      checkpoint: () => {
        if (isCancelled(id)) controller.abort();
        controller.signal.throwIfAborted();
      },
    }) as unknown as Record<
      string,
      ((...args: readonly unknown[]) => Promise<unknown>) | undefined
    >;
    try {
      const implementation = Object.hasOwn(api, method) ? api[method] : undefined;
      if (!implementation) throw new Error(`There is no method ${method}.`);
      send({ type: "reply", id, ok: await implementation(...args) });
    } catch (error) {
      send({ type: "reply", id, error: errorToMessage(error) });
    } finally {
      running.delete(id);
    }
  };

  return {
    receive(message) {
      if (!isClientMessage(message)) return;
      if (message.type === "cancel") running.get(message.id)?.abort();
      else void answer(message.id, message.method, message.args);
    },
    cancelAll() {
      for (const controller of running.values()) controller.abort();
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function isServiceMessage<Event>(message: unknown): message is ServiceMessage<Event> {
  return (
    isRecord(message) &&
    typeof message["id"] === "number" &&
    (message["type"] === "reply" || message["type"] === "event")
  );
}

/** A message that takes a call back. */
export function isCancelMessage(
  message: unknown,
): message is { readonly type: "cancel"; readonly id: number } {
  return isRecord(message) && message["type"] === "cancel" && typeof message["id"] === "number";
}

function isClientMessage(
  message: unknown,
): message is
  | { type: "call"; id: number; method: string; args: readonly unknown[] }
  | { type: "cancel"; id: number } {
  if (!isRecord(message) || typeof message["id"] !== "number") return false;
  if (message["type"] === "cancel") return true;
  return (
    message["type"] === "call" &&
    typeof message["method"] === "string" &&
    Array.isArray(message["args"])
  );
}
