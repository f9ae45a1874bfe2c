import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { withLease } from "../../../extension/process/lease.ts";
import {
  isPrivate,
  isRunning,
  ownKey,
  privateFolder,
} from "../../../extension/process/privateFolder.ts";
import { processKey } from "../../../extension/process/procFiles.ts";

const held = (pid: number) => new Error(`held by ${pid}`);
let count = 0;
const newName = () => `test-${process.pid}-${count++}`;
const pathOf = (name: string) => join(privateFolder() ?? "", `${name}.lease`);

/** Work that is ended by hand. */
function work() {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => done, end };
}

test("the folder belongs to this user alone", () => {
  const folder = privateFolder() ?? "";
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(isRunning(ownKey())).toBe(true);
  expect(isRunning("1-999999999999")).toBe(false);
  expect(isRunning("nonsense")).toBe(false);
});

test("a folder that others may look into, or made, is not used", () => {
  const parent = mkdtempSync(join(tmpdir(), "leakline-test-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const userId = process.getuid?.() ?? 0;
  const folder = join(parent, "folder");
  mkdirSync(folder, { mode: 0o700 });
  expect(isPrivate(folder, userId)).toBe(true);
  expect(isPrivate(folder, userId + 1)).toBe(false);
  symlinkSync(folder, join(parent, "link"));
  expect(isPrivate(join(parent, "link"), userId)).toBe(false);
  chmodSync(folder, 0o750);
  expect(isPrivate(folder, userId)).toBe(false);
  expect(isPrivate(join(parent, "none"), userId)).toBe(false);
});

test("one has it, the second waits, is told who has it, and gets it", async () => {
  const name = newName();
  const first = work();
  const log: string[] = [];
  const options = {
    deadlineMs: 5000,
    onTimeout: held,
    onWait: (pid: number) => log.push(`${pid}`),
  };
  const holding = withLease(name, options, first.run);
  const waiting = withLease(name, options, async () => void log.push("second"));
  await sleep(400);
  expect(log).toEqual([String(process.pid)]);
  first.end();
  await Promise.all([holding, waiting]);
  expect(log).toEqual([String(process.pid), "second"]);
  expect(existsSync(pathOf(name))).toBe(false);
});

test("waiting ends with the deadline, or when it is cancelled", async () => {
  const name = newName();
  const first = work();
  const holding = withLease(name, { deadlineMs: 0, onTimeout: held }, first.run);
  const late = withLease(name, { deadlineMs: 200, onTimeout: held }, async () => {});
  await expect(late).rejects.toThrow(`held by ${process.pid}`);
  const controller = new AbortController();
  const { signal } = controller;
  const cancelled = withLease(name, { signal, deadlineMs: 9e9, onTimeout: held }, async () => {});
  controller.abort();
  await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  first.end();
  await holding;
});

test("work that fails gives it back", async () => {
  const name = newName();
  const failing = withLease(name, { deadlineMs: 0, onTimeout: held }, async () => {
    throw new Error("broken");
  });
  await expect(failing).rejects.toThrow("broken");
  expect(existsSync(pathOf(name))).toBe(false);
});

test("what a killed holder left is taken, by one of several only", async () => {
  const name = newName();
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  writeFileSync(pathOf(name), `${processKey(child.pid ?? 0)} token`);
  const log: string[] = [];
  const take = (label: string) =>
    withLease(name, { deadlineMs: 5000, onTimeout: held }, async () => {
      log.push(`begin ${label}`);
      await sleep(20);
      log.push(`end ${label}`);
    });
  const both = Promise.all([take("a"), take("b"), take("c")]);
  await sleep(300);
  expect(log).toEqual([]);
  child.kill("SIGKILL");
  await both;
  const begun = log.filter((_, index) => index % 2 === 0);
  expect(begun.every((line, index) => log[index * 2 + 1] === line.replace("begin", "end"))).toBe(
    true,
  );
  expect(begun).toHaveLength(3);
  expect(readdirSync(privateFolder() ?? "").filter((one) => one.includes(name))).toEqual([]);
});

test("a file without a name in it is nobody's after a moment", async () => {
  const name = newName();
  writeFileSync(pathOf(name), "");
  let done = false;
  const taking = withLease(name, { deadlineMs: 9000, onTimeout: held }, async () => {
    done = true;
  });
  await sleep(300);
  expect(done).toBe(false);
  await taking;
  expect(done).toBe(true);
});
