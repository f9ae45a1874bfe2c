import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import {
  forwardedUrl,
  parseProcessAnswer,
  pidInName,
  sessionProcessExpression,
} from "../../../extension/views/editor/sessionProcess.ts";

const url = "ws://127.0.0.1:53203/0b6ee7a5-4b1e-4a6c-8b5e-8e1b2c3d4e5f";

test("the expression says which process it is, and reads only", () => {
  const answer: unknown = runInThisContext(sessionProcessExpression);
  expect(parseProcessAnswer({ result: answer })).toMatchObject({ pid: process.pid, url: null });
});

test.each([
  ["'", "'"],
  ['"', '"'],
  ["", ""],
])("an answer between %s and %s", (open, close) => {
  expect(parseProcessAnswer({ result: `${open}42 true ${url}${close}` })).toEqual({
    pid: 42,
    isMainThread: true,
    url,
  });
});

test("a worker thread has no inspector of its own", () => {
  expect(parseProcessAnswer({ result: "'42 false '" })).toEqual({
    pid: 42,
    isMainThread: false,
    url: null,
  });
});

test.each([
  null,
  undefined,
  7,
  {},
  { result: 1 },
  { result: "undefined" },
  { result: "'x true ws://a'" },
  { result: "1 true http://a" },
])("%j is no answer", (answer) => {
  expect(parseProcessAnswer(answer)).toBeNull();
});

test("an attach to a forwarded port leads there, with the address that only this process has", () => {
  const attach = { request: "attach", address: "10.0.0.7", port: 9300 };
  expect(forwardedUrl(url, attach)).toBe(url.replace("127.0.0.1:53203", "10.0.0.7:9300"));
  expect(forwardedUrl(url, { request: "attach", port: 9300 })).toBe(url.replace("53203", "9300"));
  expect(forwardedUrl(url, { request: "attach", address: "::1", port: 9300 })).toContain(
    "[::1]:9300",
  );
});

test("nothing is forwarded for a launch, or when the address is the same", () => {
  expect(forwardedUrl(url, { request: "launch", port: 9300 })).toBeNull();
  expect(forwardedUrl(url, { request: "attach" })).toBeNull();
  expect(forwardedUrl(url, { request: "attach", port: 53203 })).toBeNull();
});

test("the debugger's names say the pid of what it launched", () => {
  expect(pidInName("server.js [4242] « Launch")).toBe(4242);
  expect(pidInName("server.js [4242]")).toBe(4242);
  expect(pidInName("Remote Process [0] « Attach")).toBeNull();
  expect(pidInName("[worker 1] server.js")).toBeNull();
});
