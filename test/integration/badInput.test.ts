import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { runLeakline } from "../build/leaklineCommand.ts";
import { startProgram } from "../build/runningProgram.ts";
import { scenarioFile } from "../build/scenario.ts";

const folder = mkdtempSync(join(tmpdir(), "leakline-bad-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** One line that says what was wrong, one exit code, nothing on stdout, no stack trace. */
async function expectRefusal(words: readonly string[], exitCode: number, said: RegExp) {
  const result = await runLeakline(words, { deadlineMs: 20_000 });
  expect(result.stderr).toMatch(said);
  expect(
    result.stderr
      .trim()
      .split("\n")
      .filter((line) => /^leakline: [^ ]/.test(line) && said.test(line)),
  ).toHaveLength(1);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stdout).toBe("");
  expect(result.exitCode).toBe(exitCode);
}

describe("a file that is no heap snapshot is refused with exit code 2", () => {
  const header =
    '{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],"node_types":[["hidden"],"string","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context"],"string_or_number","node"]},"node_count":1,"edge_count":0}';
  test.each([
    ["empty.heapsnapshot", "", /empty/],
    ["binary.heapsnapshot", gzipSync("{}"), /does not begin as JSON/],
    ["wrong.heapsnapshot", '{"hello":"world"}', /not a heap snapshot/],
    ["list.heapsnapshot", "[1,2,3]", /heap snapshot/],
    ["cpu.heapsnapshot", '{"nodes":[{"id":1}],"startTime":1,"endTime":2}', /heap snapshot/],
    [
      "cut.heapsnapshot",
      `${header},"nodes":[0,0,`,
      /ends after \d+ bytes.*take the snapshot again/,
    ],
    [
      "absurd.heapsnapshot",
      header.replace('"edge_count":0', '"edge_count":1e15'),
      /"edge_count" is 1000000000000000; at most 2147483647 can be read \(byte \d+\)\..*less/,
    ],
    [
      "target.heapsnapshot",
      `${header.replace('"edge_count":0', '"edge_count":1')},"nodes":[0,0,1,0,1],"edges":[0,0,5],"strings":[""]}`,
      /Row 0 of the "edges" section leads to 5, but the 1 nodes end at 5 \(byte \d+\)\..*copy it anew/,
    ],
    [
      "short.heapsnapshot",
      `${header},"nodes":[0,0,1,0,0,0,0],"edges":[],"strings":[""]}`,
      /byte|node/,
    ],
    [
      "fields.heapsnapshot",
      header.replace('"id",', "") + ',"nodes":[],"edges":[],"strings":[]}',
      /id/,
    ],
  ])("%s", async (name, content, said) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    await expectRefusal(["blocked", path], 2, said);
  });

  test("a folder, and a file that is not there", async () => {
    await expectRefusal(["blocked", folder], 2, /it is a folder/);
    await expectRefusal(["blocked", join(folder, "gone.heapsnapshot")], 2, /There is no file/);
  });
});

describe("a process that can't be asked is refused with exit code 3", () => {
  test("no process, and one that is not Node", async () => {
    await expectRefusal(["blocked", "4194000"], 3, /There is no process 4194000/);
    const other = spawn("sleep", ["60"]);
    onTestFinished(() => void other.kill());
    await expectRefusal(["blocked", String(other.pid)], 3, /is not Node\.js, it is sleep/);
    expect(other.exitCode).toBeNull();
  });

  test("a process that is stopped is paused, and is left so", async () => {
    const program = await startProgram({
      nodeMajor: 22,
      script: scenarioFile("atBreakpoint", "program.js"),
      inspector: "closed",
    });
    process.kill(program.pid, "SIGSTOP");
    await expectRefusal(["blocked", String(program.pid)], 3, /paused/);
    process.kill(program.pid, "SIGCONT");
    expect(program.stderr()).toBe("");
  });

  test("something else that listens at the address", async () => {
    const http = await listening(createHttpServer((_, response) => response.end("hello")));
    await expectRefusal(["blocked", `localhost:${http}`], 3, /not a Node\.js inspector/);
    const silent = await listening(createServer(() => {}));
    await expectRefusal(["blocked", `127.0.0.1:${silent}`, "--timeout", "1"], 3, /did not answer/);
    const chatty = await listening(createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")));
    await expectRefusal(["blocked", `127.0.0.1:${chatty}`], 3, /not a Node\.js inspector/);
    await expectRefusal(["blocked", "127.0.0.1:1"], 3, /Nothing answers/);
  });
});

test.each([
  [["blocked", "--frobnicate"], /frobnicate/],
  [["frobnicate"], /frobnicate/],
  [["blocked", "not-a-target"], /not-a-target/],
  [["blocked", "1", "--fail-on", "nonsense"], /nonsense/],
  [["blocked", "1", "--max-pause", "soon"], /soon/],
  [["snapshot", "1"], /-o/],
  [["demo", "nonsense"], /nonsense/],
])("wrong use is refused with exit code 2: %j", async (words, said) => {
  await expectRefusal(words, 2, said);
});

test("nothing of ours is left in the temporary folder", () => {
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("leakline-snapshot-"))).toEqual([]);
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
