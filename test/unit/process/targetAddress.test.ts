import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isLoopback, parseFile, parseTarget } from "../../../extension/process/targetAddress.ts";
import { UserError } from "../../../extension/protocol/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "leakline-target-"));
const file = join(folder, "a b.heapsnapshot");
writeFileSync(file, "{}");
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["4711", { kind: "pid", pid: 4711 }],
  ["localhost:9229", { kind: "inspector", host: "localhost", port: 9229 }],
  ["[::1]:9229", { kind: "inspector", host: "::1", port: 9229 }],
  [":9229", { kind: "inspector", host: "127.0.0.1", port: 9229 }],
  ["http://127.0.0.1:9229/", { kind: "inspector", host: "127.0.0.1", port: 9229 }],
  ["ws://127.0.0.1:9229/abc-def", { kind: "websocket", url: "ws://127.0.0.1:9229/abc-def" }],
  [file, { kind: "file", path: file }],
])("%s is read as it is meant", (text, address) => {
  expect(parseTarget(text)).toEqual(address);
});

test.each(["", "0", "99999999999", "node", "host:0", "host:70000", "host:port", "ws://", "-1"])(
  "%j is refused with what to do next",
  (text) => {
    const error = caught(() => parseTarget(text));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ kind: "input", code: "not-a-target" });
  },
);

test("a snapshot file that does not exist is named as such", () => {
  expect(caught(() => parseTarget("gone.heapsnapshot"))).toMatchObject({ code: "file-not-found" });
  expect(caught(() => parseTarget("./dumps/heap"))).toMatchObject({ code: "file-not-found" });
});

test("where a file is wanted, a name of digits may be one, and a process is told how to write one", () => {
  expect(parseFile(file)).toEqual({ kind: "file", path: file });
  for (const target of ["4242", "localhost:9229", ":9229", "[::1]:9229", "ws://127.0.0.1:9229/a"]) {
    expect(caught(() => parseFile(target))).toMatchObject({
      code: "needs-file",
      hint: `Write one first: leakline snapshot ${target} -o app.heapsnapshot`,
    });
  }
  for (const path of ["gone", "gone.heapsnapshot", "./dumps/heap"]) {
    expect(caught(() => parseFile(path))).toMatchObject({ code: "file-not-found" });
  }
});

test("only this machine's own addresses are loopback", () => {
  expect(["127.0.0.1", "127.8.8.8", "::1", "localhost"].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["10.0.0.1", "example.com", "0.0.0.0"].map(isLoopback)).toEqual([false, false, false]);
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
