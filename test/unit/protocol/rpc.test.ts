import { expect, test } from "vitest";
import { UserError } from "../../../extension/protocol/errors.ts";
import { createRpcClient, createRpcService } from "../../../extension/protocol/rpc.ts";

interface Api {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<never>;
  wait(): Promise<string>;
  break(): Promise<never>;
}

/** Client and service joined as by a channel that copies its messages. */
function joined() {
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
  const client = createRpcClient<Api, string>(["add", "fail", "wait", "break"], (message) =>
    queueMicrotask(() => service.receive(structuredClone(message))),
  );
  return { client, service };
}

test("a call's result comes back, and its events before it", async () => {
  const { client } = joined();
  const seen: string[] = [];
  client.onEvent((event) => seen.push(event));
  expect(await client.api.add(2, 3)).toBe(5);
  expect(seen).toEqual(["adding 2"]);
});

test("an error for the user keeps its kind, code and hint across the border", async () => {
  const error = await joined()
    .client.api.fail()
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
    .client.api.break()
    .catch((one: unknown) => one);
  expect(error).not.toBeInstanceOf(UserError);
  expect(String(error)).toContain("x is not a function");
});

test("cancelling reaches the running call, which rejects as cancelled", async () => {
  const { client } = joined();
  const waiting = client.api.wait();
  client.cancelAll();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});

test("when the other process ends, nothing waits for ever and nothing new begins", async () => {
  const { client } = joined();
  const waiting = client.api.wait();
  client.close(new Error("ended"));
  await expect(waiting).rejects.toThrow("ended");
  await expect(client.api.add(1, 1)).rejects.toThrow("ended");
});

test("what is not a message is ignored on both sides", () => {
  const { client, service } = joined();
  for (const noise of [null, 1, "call", {}, { type: "call" }, { type: "reply", id: "1" }]) {
    expect(() => client.receive(noise)).not.toThrow();
    expect(() => service.receive(noise)).not.toThrow();
  }
});
