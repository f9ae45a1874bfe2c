import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Runs in a process of its own. Each line of its stdin is a process group, or the mark of
 * processes, or one of them with a minus that needs no watching any more. When stdin closes, the
 * tests are gone: it kills what they left.
 */
function reap(killMarkedProcesses: typeof killMarked, fileSystem: FileSystem): void {
  const watched = new Set<string>();
  let text = "";
  process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("-")) watched.delete(line.slice(1));
      else watched.add(line);
    }
  });
  process.stdin.on("end", () => {
    for (const target of watched) {
      const group = Number(target);
      if (Number.isNaN(group)) {
        killMarkedProcesses(target, fileSystem);
        continue;
      }
      try {
        process.kill(-group, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  });
}

type FileSystem = Pick<typeof import("node:fs"), "readdirSync" | "readFileSync">;

let reaper: ChildProcess | undefined;

/**
 * Kills the process group of `pid` when this process ends, however it ends: a blocked program can't
 * notice that its tests were killed. Call the returned function once the group is gone.
 */
export function watchProcessGroup(pid: number): () => void {
  return watch(String(pid));
}

/**
 * The same for all processes with the environment variable `mark`, as `NAME=value`, in whatever
 * group they are. Call the returned function once they are gone.
 */
export function watchMarked(mark: string): () => void {
  return watch(mark);
}

function watch(target: string): () => void {
  reaper ??= startReaper();
  reaper.stdin?.write(`${target}\n`);
  return () => void reaper?.stdin?.write(`-${target}\n`);
}

/**
 * Kills all processes that were started with the environment variable `mark`, as `NAME=value`: what
 * a debugger starts is in no group of ours. Only Linux tells the environment of a process.
 */
export function killMarked(
  mark: string,
  { readdirSync: readFolder, readFileSync: readFile }: FileSystem = { readdirSync, readFileSync },
): void {
  if (process.platform !== "linux") return;
  const isMarked = (pid: string) => {
    try {
      return readFile(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
    } catch {
      // It has ended, or is another user's.
      return false;
    }
  };
  // One that was starting another meanwhile is met in the next round.
  for (let round = 0; round < 10; round++) {
    const found = readFolder("/proc").filter((name) => /^\d+$/.test(name) && isMarked(name));
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }
}

/** One that nobody watches yet; the functions above start the one of this process by themselves. */
export function startReaper(): ChildProcess {
  const started = spawn(process.execPath, ["-e", `(${reap})(${killMarked}, require("node:fs"))`], {
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  started.unref();
  (started.stdin as { unref?: () => void } | null)?.unref?.();
  return started;
}
