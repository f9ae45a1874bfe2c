import { expect, test } from "vitest";
import { UserError } from "../../../extension/protocol/errors.ts";
import {
  type ClientMessage,
  createRpcClient,
  createRpcService,
} from "../../../extension/protocol/rpc.ts";

interface Api {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<never>;
  wait(): Promise<string>;
  break(): Promise<never>;
}

/** Client and service joined as by a channel that copies its messages. */
function joined() {
  const sent: ClientMessage<Api>[] = [];
  const service = createRpcService<Api, string>(
    ({ signal, emit }) => ({
      async add(a, b) {
        emit(`adding ${a}`);
        return a + b;
      },
      fail: async () => {
        throw new UserError("target", "gone", "It is gone.", "Start it.");
      },
      wait: () =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      break: async () => {
        throw new TypeError("x is not a function");
      },
    }),
    (message) => queueMicrotask(() => client.receive(structuredClone(message))),
  );
  const client = createRpcClient<Api, string>(["add", "fail", "wait", "break"], (message) => {
    sent.push(message);
    queueMicrotask(() => service.receive(structuredClone(message)));
  });
  return { client, service, sent };
}

test("a call's result comes back, and its events before it", async () => {
  const { client } = joined();
  const seen: string[] = [];
  const api = client.bind({ onEvent: (event) => seen.push(event) });
  expect(await api.add(2, 3)).toBe(5);
  expect(seen).toEqual(["adding 2"]);
});

test("an error for the user keeps its kind, code and hint across the border", async () => {
  const error = await joined()
    .client.bind({})
    .fail()
    .catch((one: unknown) => one);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    kind: "target",
    code: "gone",
    message: "It is gone.",
    hint: "Start it.",
  });
});

test("a bug stays a bug", async () => {
  const error = await joined()
    .client.bind({})
    .break()
    .catch((one: unknown) => one);
  expect(error).not.toBeInstanceOf(UserError);
  expect(String(error)).toBe("TypeError: x is not a function");
});

test("aborting reaches the running calls of that signal, which reject as cancelled; others go on", async () => {
  const { client, sent } = joined();
  const controller = new AbortController();
  const other = new AbortController();
  const waiting = client.bind({ signal: controller.signal }).wait();
  const goesOn = client.bind({ signal: other.signal }).wait();
  controller.abort(new Error("the user had enough"));
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  expect(sent.filter(({ type }) => type === "cancel")).toHaveLength(1);
  other.abort();
  await expect(goesOn).rejects.toMatchObject({ name: "AbortError" });
});

test("a call with an aborted signal is not sent at all", async () => {
  const { client, sent } = joined();
  const call = client.bind({ signal: AbortSignal.abort(new Error("a reason")) }).add(1, 1);
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  expect(sent).toEqual([]);
});

test("what was done before the cancelling arrived is not lost", async () => {
  const { client } = joined();
  const controller = new AbortController();
  const adding = client.bind({ signal: controller.signal }).add(2, 3);
  controller.abort();
  expect(await adding).toBe(5);
});

test("a signal that outlives its calls keeps nothing of them", async () => {
  const { client, sent } = joined();
  const controller = new AbortController();
  const api = client.bind({ signal: controller.signal });
  for (let call = 0; call < 3; call++) await api.add(call, 1);
  controller.abort();
  expect(sent.filter(({ type }) => type === "cancel")).toEqual([]);
});

test("each listener hears the events of its own calls only, and none after aborting", async () => {
  const { client } = joined();
  const seen: string[] = [];
  const controller = new AbortController();
  const first = client.bind({ onEvent: (event) => seen.push(`first ${event}`) });
  const second = client.bind({ onEvent: (event) => seen.push(`second ${event}`) });
  const third = client.bind({
    signal: controller.signal,
    onEvent: (event) => seen.push(`third ${event}`),
  });
  const calls = [first.add(1, 0), second.add(2, 0), third.add(3, 0)];
  controller.abort();
  await Promise.all(calls);
  expect(seen).toEqual(["first adding 1", "second adding 2"]);
});

test("when the other process ends, nothing waits for ever and nothing new begins", async () => {
  const { client } = joined();
  const api = client.bind({});
  const waiting = api.wait();
  client.close(new Error("ended"));
  client.close(new Error("ended once more"));
  await expect(waiting).rejects.toThrow(/^ended$/);
  await expect(api.add(1, 1)).rejects.toThrow(/^ended$/);
});

test("a channel that is closed rejects the call that it doesn't take, and cancelling it does no harm", async () => {
  const controller = new AbortController();
  const client = createRpcClient<Api, string>(["add"], () => {
    throw new Error("channel closed");
  });
  const adding = client.bind({ signal: controller.signal }).add(1, 1);
  controller.abort();
  await expect(adding).rejects.toThrow("channel closed");
});

test("what is not a message is ignored on both sides", () => {
  const { client, service } = joined();
  for (const noise of [null, 1, "call", {}, { type: "call" }, { type: "reply", id: "1" }]) {
    expect(() => client.receive(noise)).not.toThrow();
    expect(() => service.receive(noise)).not.toThrow();
  }
});

test("work that reads no messages learns at its checkpoints that it was cancelled", async () => {
  const cancelled = new Set<number>();
  const sent: unknown[] = [];
  const service = createRpcService<Api, string>(
    ({ checkpoint }) => ({
      async add(a, b) {
        checkpoint?.();
        cancelled.add(1);
        checkpoint?.();
        return a + b;
      },
      fail: () => Promise.reject(new Error("not here")),
      wait: () => Promise.reject(new Error("not here")),
      break: () => Promise.reject(new Error("not here")),
    }),
    (message) => sent.push(message),
    (id) => cancelled.has(id),
  );
  service.receive({ type: "call", id: 1, method: "add", args: [2, 3] });
  await expect.poll(() => sent).toEqual([{ type: "reply", id: 1, error: { type: "cancelled" } }]);
  service.receive({ type: "call", id: 2, method: "add", args: [2, 3] });
  await expect.poll(() => sent).toHaveLength(2);
  expect(sent[1]).toEqual({ type: "reply", id: 2, ok: 5 });
});
