import { expect, test } from "vitest";
import { readAwaitPositions } from "../../../extension/process/awaitPositions.ts";
import {
  type CdpSession,
  NoAnswerError,
  ProtocolError,
} from "../../../extension/process/cdpSession.ts";

interface FakeGenerator {
  readonly state?: string;
  readonly location?: object | null;
}

const location = (line: number) => ({ scriptId: "7", lineNumber: line, columnNumber: 4 });
const suspendedAt = (line: number): FakeGenerator => ({
  state: "suspended",
  location: location(line),
});

/** A thread whose objects are generators; anything else in their place is thrown. */
function fakeSession(objects: Readonly<Record<number, FakeGenerator | Error>>) {
  const log: string[] = [];
  const session = {
    async send(method: string, parameters: { objectId?: string; objectGroup?: string }) {
      log.push(`${method} ${parameters.objectId ?? parameters.objectGroup}`);
      const known = objects[Number(parameters.objectId)];
      if (known instanceof Error) throw known;
      switch (method) {
        case "HeapProfiler.getObjectByHeapObjectId":
          if (known === undefined) throw new ProtocolError("Object is not available");
          return { result: { type: "object", objectId: parameters.objectId } };
        case "Runtime.getProperties":
          return {
            result: [],
            internalProperties: [
              { name: "[[GeneratorState]]", value: { type: "string", value: known?.state } },
              { name: "[[GeneratorLocation]]", value: { type: "object", value: known?.location } },
            ],
          };
        default:
          return {};
      }
    },
  };
  return { log, session: session as unknown as CdpSession };
}

const options = { budgetMs: 10_000, answerMs: 1000, signal: new AbortController().signal };

test("a suspended function's place is told in lines and columns from 1", async () => {
  const { session, log } = fakeSession({ 3: suspendedAt(11), 5: suspendedAt(20) });
  expect(await readAwaitPositions(session, [3, 5], options)).toEqual(
    new Map([
      [3, { scriptId: 7, line: 12, column: 5 }],
      [5, { scriptId: 7, line: 21, column: 5 }],
    ]),
  );
  expect(log.at(-1)).toMatch(/^Runtime.releaseObjectGroup /);
});

test("one that has ended, gone, or says nothing is left out, and the others are read", async () => {
  const { session } = fakeSession({
    1: { state: "closed", location: location(1) },
    3: { state: "suspended", location: null },
    4: { state: "suspended", location: { scriptId: "x", lineNumber: 1 } },
    6: suspendedAt(5),
  });
  const found = await readAwaitPositions(session, [1, 2, 3, 4, 6], options);
  expect([...found.keys()]).toEqual([6]);
});

test("without time left nothing more is asked", async () => {
  const { session, log } = fakeSession({ 3: suspendedAt(11) });
  expect((await readAwaitPositions(session, [3], { ...options, budgetMs: -1 })).size).toBe(0);
  expect(log.filter((one) => !one.startsWith("Runtime.release"))).toEqual([]);
});

test("a thread that gives no answer is an error, a cancelled question as well, and what was held is given back", async () => {
  const silent = fakeSession({ 3: new NoAnswerError("silence") });
  await expect(readAwaitPositions(silent.session, [3], options)).rejects.toThrow(NoAnswerError);
  expect(silent.log.at(-1)).toMatch(/^Runtime.releaseObjectGroup /);
  const cancelled = fakeSession({ 3: suspendedAt(1) });
  const signal = AbortSignal.abort();
  await expect(
    readAwaitPositions(cancelled.session, [3], { ...options, signal }),
  ).rejects.toMatchObject({ name: "AbortError" });
  expect(cancelled.log).toEqual([expect.stringMatching(/^Runtime.releaseObjectGroup /)]);
});
