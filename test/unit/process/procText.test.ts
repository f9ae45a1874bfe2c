import { expect, test } from "vitest";
import {
  addressesOverlap,
  maskHasSignal,
  namespacePidsOf,
  parseInspectorOptions,
  parseLastRanMs,
  parseSockets,
  parseStat,
  scriptOf,
  splitZeroTerminated,
} from "../../../extension/process/procText.ts";

test("a command with spaces and parentheses does not shift the fields of stat", () => {
  const text =
    "4711 (node (my) app) S 4710 4711 4711 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 123456 700000000 12000";
  expect(parseStat(text)).toEqual({
    command: "node (my) app",
    state: "S",
    parentPid: 4710,
    computedTicks: 300,
    startTicks: 123456,
  });
});

test("text that is no stat line is null, not a process", () => {
  expect(parseStat("")).toBeNull();
  expect(parseStat("4711 node S 1")).toBeNull();
});

test("signal 10 is bit 9 of the mask: one bit off would kill a process that is starting", () => {
  const status = (mask: string) => `Name:\tnode\nSigIgn:\t0000000000001000\nSigCgt:\t${mask}\n`;
  expect(maskHasSignal(status("0000000000000200"), "SigCgt", 10)).toBe(true);
  expect(maskHasSignal(status("0000000000000400"), "SigCgt", 10)).toBe(false);
  expect(maskHasSignal(status("0000000108004602"), "SigCgt", 10)).toBe(true);
  expect(maskHasSignal("Name:\tnode\n", "SigCgt", 10)).toBe(false);
});

test("a process in a container has a number in each pid namespace", () => {
  expect(namespacePidsOf("Name:\tnode\nNSpid:\t4711\t17\t1\nNSpgid:\t1\n")).toEqual([4711, 17, 1]);
  expect(namespacePidsOf("Name:\tnode\nNSpid:\t4711\n")).toEqual([4711]);
  expect(namespacePidsOf("Name:\told kernel\n")).toEqual([]);
});

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["0.0.0.0", "127.0.0.1", true],
  ["::", "127.0.0.1", true],
  ["127.0.0.1", "localhost", true],
  ["10.0.0.7", "127.0.0.1", false],
  ["::1", "127.0.0.1", false],
])("sockets at %s and %s, on one port, are in each other's way: %s", (a, b, overlap) => {
  expect(addressesOverlap(a, b)).toBe(overlap);
});

test("an empty argument inside a command line is kept, the zero byte at its end is not one", () => {
  expect(splitZeroTerminated("node\0\0a b\0")).toEqual(["node", "", "a b"]);
});

test("socket tables give addresses and ports of both families", () => {
  const header =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const rows = [
    "   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 84811 1",
    "   1: 0100007F:240D 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 84812 1",
    "   2: 00000000000000000000000001000000:240D 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 84813 1",
    "   3: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 84814 1",
  ];
  expect(parseSockets(header + rows.join("\n"))).toEqual([
    { localHost: "127.0.0.1", localPort: 9229, remotePort: 0, state: "listening", inode: "84811" },
    {
      localHost: "127.0.0.1",
      localPort: 9229,
      remotePort: 54000,
      state: "established",
      inode: "84812",
    },
    { localHost: "::1", localPort: 9229, remotePort: 0, state: "listening", inode: "84813" },
    { localHost: "127.0.0.1", localPort: 8080, remotePort: 0, state: "listening", inode: "84814" },
  ]);
});

test.each([
  [["node", "app.js"], "", 9229],
  [["node", "--inspect", "app.js"], "", 9229],
  [["node", "--inspect=7000", "app.js"], "", 7000],
  [["node", "--inspect-brk=0.0.0.0:7001", "app.js"], "", 7001],
  [["node", "--inspect=[::1]:7002", "app.js"], "", 7002],
  [["node", "--inspect-port", "7003", "app.js"], "", 7003],
  [["node", "app.js", "--inspect=7004"], "", 9229],
  [["node", "--inspect-port=7005", "app.js"], "--inspect-port=7006", 7005],
  [["node", "app.js"], "--max-old-space-size=99 --inspect-port=7007", 7007],
  [["node", "--inspect-port=0", "app.js"], "", 0],
  [["node", "--require", "--inspect=7008", "app.js"], "", 7008],
])("the inspector's port of %j with NODE_OPTIONS %j is %i", (words, nodeOptions, port) => {
  // `--require --inspect=7008` is no command line that Node accepts: any answer but a crash will do.
  expect(parseInspectorOptions(words, nodeOptions).port).toBe(port);
});

test("an inspector that opens by itself is told from a port that waits for a signal", () => {
  const isOpen = (...words: string[]) =>
    parseInspectorOptions(["node", ...words], "").isOpenAtStart;
  expect(isOpen("--inspect=0", "app.js")).toBe(true);
  expect(isOpen("--inspect-port=0", "app.js")).toBe(false);
  expect(isOpen("app.js", "--inspect")).toBe(false);
});

test("an option that belongs to the program is not Node's", () => {
  expect(parseInspectorOptions(["node", "app.js", "--disable-sigusr1"], "").signalDisabled).toBe(
    false,
  );
  expect(parseInspectorOptions(["node", "--disable-sigusr1", "app.js"], "").signalDisabled).toBe(
    true,
  );
});

test("the main script is found behind Node's own options", () => {
  expect(scriptOf(["node", "--expose-gc", "-r", "./a.cjs", "app.js", "x"])).toBe("app.js");
  expect(scriptOf(["node", "--", "-odd.js"])).toBe("-odd.js");
  expect(scriptOf(["node", "-e", "1"])).toBeNull();
  expect(scriptOf(["node"])).toBeNull();
});

test("when a task last ran is read from the scheduler's text", () => {
  expect(parseLastRanMs("node (1, #threads: 11)\n---\nse.exec_start   :  698171.802879\n")).toBe(
    698171.802879,
  );
  expect(parseLastRanMs("nothing of the kind")).toBeNull();
});
