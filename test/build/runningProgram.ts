import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished, TestRunner } from "vitest";
import { type NodeMajor, nodeBinary } from "../setup/nodeVersions.mjs";
import { freePort } from "./freePort.ts";
import { watchProcessGroup } from "./reaper.ts";

/** Facts that a program tells about itself: a line of its stdout that is a JSON object. */
export type Announcement = Readonly<Record<string, unknown>>;

export interface ProgramOptions {
  readonly nodeMajor: NodeMajor;
  /** Path of the program; a relative one starts at the root of the checkout. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** `closed`: SIGUSR1 opens the inspector, at the program's own `port`. */
  readonly inspector: "open" | "closed";
  readonly env?: Readonly<Record<string, string>>;
  readonly readyWithinMs?: number;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunningProgram {
  readonly pid: number;
  /** Where its inspector listens, or will listen after SIGUSR1. */
  readonly port: number;
  readonly script: string;
  /** The announcement that says `"ready": true`. */
  readonly ready: Announcement;
  /** All announcements so far, `ready` among them. */
  readonly announcements: readonly Announcement[];
  readonly ended: Promise<ProgramEnd>;
  stdout(): string;
  stderr(): string;
  /** The first matching line of its stdout, also of what it has printed already. */
  waitForLine(match: RegExp | ((line: string) => boolean), withinMs?: number): Promise<string>;
  waitForAnnouncement(
    match: (announcement: Announcement) => boolean,
    withinMs?: number,
  ): Promise<Announcement>;
  /** Writes one line to its stdin. */
  send(line: string): void;
  closeInput(): void;
  stop(): Promise<ProgramEnd>;
}

/** A busy machine may take long, and waiting costs nothing when all goes well. */
const defaultDeadlineMs = 60_000;
const checkout = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a program on one Node version and waits until it announces that it is ready. Started inside
 * a test, it is killed when that test ends; otherwise whoever started it calls `stop`.
 */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { nodeMajor, script, args = [], nodeFlags = [], inspector, env } = options;
  const port = await freePort();
  const inspectFlag =
    inspector === "open" ? `--inspect=127.0.0.1:${port}` : `--inspect-port=127.0.0.1:${port}`;
  // A group of its own, so that what the program starts ends with it.
  const child = spawn(nodeBinary(nodeMajor), [inspectFlag, ...nodeFlags, script, ...args], {
    cwd: checkout,
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const pid = await pidOf(child);
  const releaseGroup = watchProcessGroup(pid);
  const ended = new Promise<ProgramEnd>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  const output = collectOutput(child, ended);

  const stop = () => {
    killGroup(pid);
    releaseGroup();
    return ended;
  };
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await stop()));

  try {
    const ready = await output.waitForAnnouncement(
      (announcement) => announcement["ready"] === true,
      options.readyWithinMs,
    );
    return {
      ...output,
      pid,
      port,
      script,
      ready,
      ended,
      send: (line) => void child.stdin?.write(`${line}\n`),
      closeInput: () => void child.stdin?.end(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type ProgramOutput = Pick<
  RunningProgram,
  "announcements" | "stdout" | "stderr" | "waitForLine" | "waitForAnnouncement"
>;

function collectOutput(child: ChildProcess, ended: Promise<ProgramEnd>): ProgramOutput {
  let stdout = "";
  let stderr = "";
  let unfinishedLine = "";
  const lines: string[] = [];
  const announcements: Announcement[] = [];
  const waiting = new Set<() => void>();

  child.stdin?.on("error", () => {
    // The program may end while a line is on its way to it; `ended` tells.
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const newLines = (unfinishedLine + text).split("\n");
    unfinishedLine = newLines.pop() ?? "";
    lines.push(...newLines);
    for (const line of newLines) {
      const announcement = parseAnnouncement(line);
      if (announcement) announcements.push(announcement);
    }
    for (const look of waiting) look();
  });

  const waitFor = <Found>(find: () => Found | undefined, withinMs = defaultDeadlineMs) =>
    new Promise<Found>((resolve, reject) => {
      const fail = (what: string) => {
        settle();
        reject(new Error(`${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`));
      };
      const deadline = setTimeout(() => fail(`Not seen within ${withinMs} ms.`), withinMs);
      const settle = () => {
        clearTimeout(deadline);
        waiting.delete(look);
      };
      const look = () => {
        const found = find();
        if (found === undefined) return;
        settle();
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(({ code, signal }) => fail(`The program ended (${signal ?? code}).`));
    });

  return {
    announcements,
    stdout: () => stdout,
    stderr: () => stderr,
    waitForLine(match, withinMs) {
      const matches = match instanceof RegExp ? (line: string) => match.test(line) : match;
      return waitFor(() => lines.find(matches), withinMs);
    },
    waitForAnnouncement: (match, withinMs) => waitFor(() => announcements.find(match), withinMs),
  };
}

function parseAnnouncement(line: string): Announcement | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Announcement;
  } catch {
    // A program may print braces of its own.
    return undefined;
  }
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
