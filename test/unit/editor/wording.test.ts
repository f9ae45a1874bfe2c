import { expect, test } from "vitest";
import * as analysisErrors from "../../../extension/protocol/analysisErrors.ts";
import { UserError } from "../../../extension/protocol/errors.ts";
import * as processErrors from "../../../extension/protocol/processErrors.ts";
import * as snapshotErrors from "../../../extension/protocol/snapshotErrors.ts";
import { blockersOf, blockerText, waitingText } from "../../../extension/views/editor/blockers.ts";
import { failureText, hintText } from "../../../extension/views/editor/hints.ts";
import { localPaths } from "../../../extension/views/editor/localPaths.ts";
import { findingMarkdown } from "../../../extension/views/editor/reportText.ts";
import { isAddress, shortCommand } from "../../../extension/views/editor/targetNames.ts";
import type { TargetState } from "../../../extension/views/editor/watchedTarget.ts";
import { finding, place, report, workingFolder } from "../../build/reportParts.ts";
import { blockedReport } from "../../build/reports.ts";

const factories = Object.entries({ ...analysisErrors, ...processErrors, ...snapshotErrors });

/** Some take texts, and some take other failures. */
const argument = Object.assign(new String("1"), new UserError("target", "a", "A.", "Do b."));

test.each(factories)(
  "the failure %s names nothing of the command line in the editor",
  (_, factory) => {
    const error = (factory as (...args: unknown[]) => UserError)(argument, argument, argument);
    expect(error).toBeInstanceOf(UserError);
    expect(hintText(error.hint)).not.toMatch(
      /leakline (?:blocked|snapshot)|(?<![\w-])-{1,2}(?:timeout|no-snapshot|snapshot|max-pause|o) /,
    );
    expect(failureText(error).length).toBeGreaterThan(20);
  },
);

const state = (known: Partial<TargetState> = {}): TargetState => ({
  key: "target:1",
  title: "server.js [1]",
  kind: "process",
  phase: { kind: "watched" },
  look: null,
  heap: { report: blockedReport, atMs: 0 },
  suspended: null,
  folders: null,
  isBeingRead: false,
  ...known,
});

test("a blockage says who blocks, since when, and how many wait", () => {
  const [blocker] = blockersOf([state()], () => null, 1000);
  if (!blocker) throw new Error("There is no blocker.");
  expect(blockerText(blocker, 1000)).toBe("closeSession blocks finalizers ≥ 3 min 13 s");
  expect(waitingText(blocker)).toBe("1,150 waiting");
});

test("nobody is alarmed by what is over, out of reach, ignored, a file, or only busy", () => {
  const count = (known: Partial<TargetState>, reason: string | null = null) =>
    blockersOf([state(known)], () => reason, 0).length;
  const busy = finding({ kind: "starved", severity: "info", sinceMs: 300 });
  expect(count({})).toBe(1);
  expect(count({ phase: { kind: "over", message: "", atMs: 0 } })).toBe(0);
  expect(count({ phase: { kind: "failed", message: "", hint: "" } })).toBe(0);
  expect(count({ kind: "file" })).toBe(0);
  expect(count({}, "known")).toBe(0);
  expect(count({ heap: { report: report({ findings: [busy] }), atMs: 0 } })).toBe(0);
});

test("a copied report has places and counts, and lets no name break out of its line", async () => {
  const [running] = blockedReport.findings;
  if (!running) throw new Error("There is no finding.");
  const text = findingMarkdown({ finding: running, atMs: 0 }, blockedReport, 0);
  await expect(text).toMatchFileSnapshot("golden/report.md");
  const evil = { ...running, callback: place("a.ts:1:1", "x\u202e\u0007y") };
  expect(findingMarkdown({ finding: evil, atMs: 0 }, blockedReport, 0)).toContain(
    "x\\u{202e}\\u{7}y",
  );
});

test("a remote file is the local one of the launch configuration's folders", () => {
  const folders = { remote: "/app", local: "/home/ada/shop" };
  expect(localPaths("/app/src/a.ts", folders)).toEqual(["/home/ada/shop/src/a.ts"]);
  expect(localPaths("/application/a.ts", folders)).toEqual(["/application/a.ts"]);
  expect(localPaths("file:///app/a%20b.js", folders)).toEqual(["/home/ada/shop/a b.js"]);
  expect(localPaths(`${workingFolder}/a.ts`, null)).toEqual([`${workingFolder}/a.ts`]);
  for (const file of ["node:internal/util", "webpack://shop/a.ts", "a.ts", "file://host:1/%"])
    expect(localPaths(file, null)).toEqual([]);
});

test("a process is called by its script", () => {
  expect(shortCommand("/usr/bin/node --inspect /srv/app/server.js --port 80")).toBe("server.js");
  expect(shortCommand("node")).toBe("node");
});

test("addresses are told from everything else", () => {
  for (const text of ["127.0.0.1:9229", ":9229", "[::1]:9229", "host:1", "ws://127.0.0.1:9229/abc"])
    expect({ text, is: isAddress(text) }).toEqual({ text, is: true });
  for (const text of ["", "9229", "host", "http://a:1", "a b:1", "host:123456"])
    expect({ text, is: isAddress(text) }).toEqual({ text, is: false });
});
