import { expect, test } from "vitest";
import { parseIdentity } from "../../../extension/process/reachProcess.ts";

test("a process says its pid, its version and its command line, with the executable once", () => {
  const answer = ["4711", "v24.21.0", "/usr/bin/node", "/usr/bin/node", "/srv/a b.js", "--x"];
  expect(parseIdentity(answer.join("\0"))).toEqual({
    pid: 4711,
    version: "v24.21.0",
    command: "/usr/bin/node /srv/a b.js --x",
  });
});

test.each([undefined, 7, "", "4711", "x\0v24.0.0", "4711\0undefined", "4711\x0024"])(
  "%j is not what a Node process answers",
  (answer) => {
    expect(parseIdentity(answer)).toBeNull();
  },
);
