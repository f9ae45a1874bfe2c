import { expect, test } from "vitest";
import { NoAnswerError, type RawCdpSession } from "../../../extension/process/cdpSession.ts";
import { createSharedSession } from "../../../extension/process/sharedSession.ts";

interface FakeRequest {
  readonly method: string;
  answer(result: unknown): void;
  stayUnanswered(): void;
}

/** Connections whose requests are answered, or not, by hand. */
function fakeProcess() {
  const log: string[] = [];
  const requests: FakeRequest[] = [];
  const events: ((event: string, data: unknown) => void)[] = [];
  const connect = async (): Promise<RawCdpSession> => {
    const number = events.length + 1;
    log.push(`connect ${number}`);
    const listeners = new Map<string, (data: unknown) => void>();
    events.push((event, data) => listeners.get(event)?.(data));
    const rejections = new Set<(error: Error) => void>();
    let isClosed = false;
    const sendRaw = (method: string) =>
      new Promise<unknown>((resolve, reject) => {
        rejections.add(reject);
        requests.push({
          method,
          answer: resolve,
          stayUnanswered: () => reject(new NoAnswerError("silence")),
        });
      });
    return {
      sendRaw,
      onRaw(event, listener) {
        listeners.set(event, listener);
        return () => listeners.delete(event);
      },
      send: (method) => sendRaw(method) as Promise<never>,
      on: () => () => {},
      get isClosed() {
        return isClosed;
      },
      async close() {
        if (isClosed) return;
        isClosed = true;
        log.push(`close ${number}`);
        for (const reject of rejections) reject(new NoAnswerError("withdrawn"));
      },
    };
  };
  const request = async (method: string): Promise<FakeRequest> =>
    expect
      .poll(() => requests.findLast((one) => one.method === method))
      .toBeDefined()
      .then(() => requests.findLast((one) => one.method === method) as FakeRequest);
  const attachWorker = () =>
    events.at(-1)?.("NodeWorker.attachedToWorker", {
      sessionId: "1",
      workerInfo: { title: "[worker 1]" },
    });
  return { shared: createSharedSession(connect), log, request, attachWorker };
}

const ask = (session: Pick<RawCdpSession, "send">) =>
  session.send("Runtime.getHeapUsage", undefined, 1000);

test("a question without an answer is withdrawn with its connection, and the next one opens another", async () => {
  const { shared, log, request } = fakeProcess();
  const session = await shared.borrow();
  const asked = ask(session);
  (await request("Runtime.getHeapUsage")).stayUnanswered();
  await expect(asked).rejects.toThrow(NoAnswerError);
  await session.close();
  await shared.borrow();
  expect(log).toEqual(["connect 1", "close 1", "connect 2"]);
});

test("giving a session back withdraws at once what it still asks", async () => {
  const { shared, log } = fakeProcess();
  const [session, other] = [await shared.borrow(), await shared.borrow()];
  const asked = ask(session);
  await Promise.all([expect(asked).rejects.toThrow("was withdrawn"), session.close()]);
  expect(log).toEqual(["connect 1"]);
  await other.close();
  expect(log).toEqual(["connect 1", "close 1"]);
});

test("workers that can't be listed in time take no answer from the main thread", async () => {
  const { shared, log, request } = fakeProcess();
  const main = await shared.borrow();
  const asked = ask(main);
  const workers = shared.borrowWorkers(700);
  (await request("NodeWorker.enable")).stayUnanswered();
  await expect(workers).rejects.toThrow(NoAnswerError);
  (await request("Runtime.getHeapUsage")).answer({ usedSize: 7 });
  expect(await asked).toEqual({ usedSize: 7 });
  await main.close();
  expect(log).toEqual(["connect 1", "close 1"]);
});

test("attaching anew to a worker that gave no answer takes none from the main thread", async () => {
  const { shared, log, request, attachWorker } = fakeProcess();
  const first = shared.borrowWorkers(700);
  const enabled = await request("NodeWorker.enable");
  attachWorker();
  enabled.answer({});
  const [worker] = await first;
  const silent = worker && ask(worker.session);
  (await request("NodeWorker.sendMessageToWorker")).stayUnanswered();
  await expect(silent).rejects.toThrow(NoAnswerError);
  const given = worker?.session.close();
  (await request("NodeWorker.detach")).answer({});
  await given;

  const main = await shared.borrow();
  const asked = ask(main);
  const second = shared.borrowWorkers(700);
  await expect.poll(() => log).toEqual(["connect 1", "connect 2"]);
  (await request("Runtime.getHeapUsage")).answer({ usedSize: 7 });
  expect(await asked).toEqual({ usedSize: 7 });
  await main.close();
  expect(log).toEqual(["connect 1", "connect 2", "close 1"]);
  (await request("NodeWorker.enable")).answer({});
  expect(await second).toEqual([]);
});

test("questions that come together after a connection was given up share the next one", async () => {
  const { shared, log, request } = fakeProcess();
  const session = await shared.borrow();
  const asked = ask(session);
  (await request("Runtime.getHeapUsage")).stayUnanswered();
  await expect(asked).rejects.toThrow(NoAnswerError);
  await session.close();
  await Promise.all([shared.borrow(), shared.borrow(), shared.borrow()]);
  expect(log).toEqual(["connect 1", "close 1", "connect 2"]);
  await shared.close();
  expect(log).toEqual(["connect 1", "close 1", "connect 2", "close 2"]);
});

test("after the end nobody opens another connection, not even who asked before", async () => {
  const { shared, log } = fakeProcess();
  await (await shared.borrow()).close();
  const asked = shared.borrow();
  await shared.close();
  await expect(shared.borrow()).rejects.toMatchObject({ name: "ConnectionLostError" });
  await asked.catch(() => {});
  await expect(shared.borrowWorkers(100)).rejects.toMatchObject({ name: "ConnectionLostError" });
  expect(log).toEqual(["connect 1", "close 1"]);
});
