import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  type CdpSession,
  NoAnswerError,
  ProtocolError,
} from "../../../extension/process/cdpSession.ts";
import { readScripts } from "../../../extension/process/scriptCatalogue.ts";

/** Borrowed sessions to one thread: V8 has one debugger for all of them, and answers in order. */
function fakeThread(texts: Readonly<Record<string, string | Error>>) {
  const log: string[] = [];
  let isEnabled = false;
  let isDead = false;
  const answer = (method: string, parameters: unknown, replay: (script: object) => void) => {
    if (method === "Debugger.enable") {
      isEnabled = true;
      for (const scriptId of Object.keys(texts)) replay({ scriptId, url: `/${scriptId}.js` });
    }
    if (method === "Debugger.disable") isEnabled = false;
    if (method !== "Debugger.getScriptSource") return {};
    if (!isEnabled) throw new ProtocolError("Debugger agent is not enabled");
    const scriptSource = texts[(parameters as { scriptId: string }).scriptId];
    if (scriptSource === undefined) throw new ProtocolError("No script for id");
    if (scriptSource instanceof Error) throw scriptSource;
    return { scriptSource };
  };
  const connect = async (): Promise<CdpSession> => {
    let replay: (script: object) => void = () => {};
    return {
      async send(method, parameters) {
        await nextTurn();
        log.push(method);
        if (isDead) throw new NoAnswerError("silence");
        const result = answer(method, parameters, replay);
        await nextTurn();
        return result as never;
      },
      on(_event, listener) {
        replay = listener as (data: object) => void;
        return () => {};
      },
      isClosed: false,
      close: async () => {},
    };
  };
  const die = () => {
    isDead = true;
  };
  return { log, connect, die };
}

const count = (log: readonly string[], method: string) =>
  log.filter((one) => one === method).length;

test("a text that is asked for while another is read is read as well, whenever its turn comes", async () => {
  const texts = Object.fromEntries(Array.from({ length: 24 }, (_, id) => [id, `text ${id}`]));
  const { connect } = fakeThread(texts);
  const { source } = await readScripts(connect, 1000);
  const read = Array.from({ length: 24 }, async (_, id) => {
    for (let turn = 0; turn < id; turn++) await nextTurn();
    return source(id);
  });
  expect(await Promise.all(read)).toEqual(Object.values(texts));
});

test("texts that are asked for together take one enabling of the debugger", async () => {
  const { connect, log } = fakeThread({ 1: "one", 2: "two", 3: "three" });
  const { source } = await readScripts(connect, 1000);
  expect(await Promise.all([source(1), source(2), source(3)])).toEqual(["one", "two", "three"]);
  expect(count(log, "Debugger.enable")).toBe(2);
  expect(count(log, "Debugger.disable")).toBe(2);
});

test("a script that V8 has no longer has no text, and takes none from the others", async () => {
  const { connect } = fakeThread({ 1: "one" });
  const { source } = await readScripts(connect, 1000);
  expect(await Promise.all([source(1), source(9), source(1)])).toEqual(["one", null, "one"]);
});

test("a thread that gives no answer any more is asked once for all that is wanted", async () => {
  const { connect, log, die } = fakeThread({ 1: "one", 2: "two" });
  const { source } = await readScripts(connect, 1000);
  die();
  const asked = [source(1), source(2)].map((text) => expect(text).rejects.toThrow(NoAnswerError));
  await Promise.all(asked);
  expect(count(log, "Debugger.getScriptSource")).toBe(0);
  await expect(source(1)).rejects.toThrow(NoAnswerError);
});
