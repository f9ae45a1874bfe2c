import { expect, test } from "vitest";
import {
  type CaptureOptions,
  captureSnapshot,
} from "../../../extension/process/captureSnapshot.ts";
import { ConnectionLostError, NoAnswerError } from "../../../extension/process/cdpSession.ts";
import type { BorrowedSession } from "../../../extension/process/sharedSession.ts";
import { UserError } from "../../../extension/protocol/errors.ts";

type Answer = (method: string, emit: (event: string, data: object) => void) => unknown;

/** Sessions that answer as told, one answer for each connection, and write down what happened to them. */
function fakeSource(answers: readonly Answer[]) {
  const log: string[] = [];
  let connections = 0;
  const connect = async (): Promise<BorrowedSession> => {
    const index = connections++;
    const listeners = new Map<string, (data: never) => void>();
    log.push(`connect ${index}`);
    return {
      async send(method) {
        if (method === "Runtime.getHeapUsage") return {} as never;
        log.push(`${index} ${method}`);
        const answer = answers[index]?.(method, (event, data) =>
          listeners.get(event)?.(data as never),
        );
        if (answer instanceof Error) throw answer;
        return (await answer) as never;
      },
      on(event, listener) {
        listeners.set(event, listener as (data: never) => void);
        return () => listeners.delete(event);
      },
      once: (_name, make) => make(),
      forget: () => {},
      isClosed: false,
      close: async () => void log.push(`close ${index}`),
    };
  };
  return { log, source: { label: "process 1", connect, isOurSession: true, sharesFiles: false } };
}

function collect(known: Partial<CaptureOptions> = {}) {
  let text = "";
  const options: CaptureOptions = {
    sink: {
      begin: () => {
        text = "";
      },
      push: (bytes) => {
        text += Buffer.from(bytes).toString();
      },
    },
    signal: new AbortController().signal,
    onProgress: () => {},
    threadIsStuck: false,
    answerMs: 1000,
    firstSignMs: 1000,
    silenceMs: 1000,
    ...known,
  };
  return { options, text: () => text };
}

const streams: Answer = (_method, emit) => {
  emit("HeapProfiler.addHeapSnapshotChunk", { chunk: '{"snap' });
  emit("HeapProfiler.addHeapSnapshotChunk", { chunk: 'shot":1}' });
  return {};
};

const evaluates = (): Answer => {
  const parts = ['{"snap', 'shot":2}', null];
  let begun = 0;
  return (method) => {
    if (method !== "Runtime.evaluate") return {};
    const isFirst = begun++ === 0;
    return { result: isFirst ? { objectId: "7" } : { value: parts.shift() ?? null } };
  };
};

test("a thread that answers streams its snapshot over the profiler", async () => {
  const { log, source } = fakeSource([streams]);
  const { options, text } = collect();
  const captured = await captureSnapshot(source, options);
  expect(captured).toMatchObject({ answeredBy: "HeapProfiler.takeHeapSnapshot", bytes: 14 });
  expect(text()).toBe('{"snapshot":1}');
  expect(log).toEqual(["connect 0", "0 HeapProfiler.takeHeapSnapshot", "close 0"]);
});

test("a way that gives up half-way is closed before the next begins, and its bytes are void", async () => {
  const breaksOff: Answer = (_method, emit) => {
    emit("HeapProfiler.addHeapSnapshotChunk", { chunk: "half of an old one" });
    return new NoAnswerError("silence");
  };
  const { log, source } = fakeSource([breaksOff, evaluates()]);
  const { options, text } = collect();
  const captured = await captureSnapshot(source, options);
  expect(captured.answeredBy).toBe("v8.getHeapSnapshot by interrupt");
  expect(text()).toBe('{"snapshot":2}');
  expect(log.indexOf("close 0")).toBeLessThan(log.indexOf("connect 1"));
  expect(log.at(-1)).toBe("close 1");
});

test("silence of a profiler that never begins is noticed", async () => {
  const never: Answer = () => new Promise(() => {});
  const { source } = fakeSource([never, evaluates()]);
  const { options } = collect({ firstSignMs: 20 });
  expect((await captureSnapshot(source, options)).answeredBy).toBe(
    "v8.getHeapSnapshot by interrupt",
  );
});

test("a stuck thread is interrupted first: the profiler would wait for its event loop", async () => {
  const { log, source } = fakeSource([evaluates()]);
  const { options } = collect({ threadIsStuck: true });
  await captureSnapshot(source, options);
  expect(log[1]).toBe("0 Runtime.evaluate");
  expect(log).toContain("0 Runtime.releaseObjectGroup");
});

test("a process that dies half-way is lost, and no other way is tried", async () => {
  const { log, source } = fakeSource([() => new ConnectionLostError("gone")]);
  const { options } = collect();
  await expect(captureSnapshot(source, options)).rejects.toMatchObject({
    kind: "target",
    code: "target-lost",
  });
  expect(log.filter((line) => line.startsWith("connect"))).toHaveLength(1);
});

test("when no way works, the error says what each of them met", async () => {
  const { source } = fakeSource([
    () => new NoAnswerError("silence"),
    () => ({ result: {}, exceptionDetails: {} }),
  ]);
  const { options } = collect();
  const error = await captureSnapshot(source, options).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toContain("HeapProfiler.takeHeapSnapshot: silence; v8.getHeapSnapshot");
});

test("cancelling closes the connection, which withdraws the request, and tries nothing more", async () => {
  const controller = new AbortController();
  const never: Answer = () => {
    controller.abort();
    return new NoAnswerError("closed");
  };
  const { log, source } = fakeSource([never, evaluates()]);
  const { options } = collect({ signal: controller.signal });
  await expect(captureSnapshot(source, options)).rejects.toMatchObject({ name: "AbortError" });
  expect(log).toEqual(["connect 0", "0 HeapProfiler.takeHeapSnapshot", "close 0", "close 0"]);
});

test("a thread that doesn't answer a small question is not asked the large one, by no way at all", async () => {
  const { log, source } = fakeSource([]);
  const silent = {
    ...source,
    async connect() {
      const session = await source.connect();
      return { ...session, send: () => Promise.reject(new NoAnswerError("silence")) };
    },
  };
  const { options } = collect();
  await expect(captureSnapshot(silent, options)).rejects.toMatchObject({ code: "capture-failed" });
  expect(log).toEqual(["connect 0", "close 0"]);
});

test("a sink that can't take the bytes ends the capture with its own failure", async () => {
  const { source } = fakeSource([streams, evaluates()]);
  const full = new Error("disk full");
  const { options } = collect({
    sink: {
      begin: () => {},
      push() {
        throw full;
      },
    },
  });
  await expect(captureSnapshot(source, options)).rejects.toBe(full);
});
