import { type ChildProcess, spawn } from "node:child_process";

/**
 * Runs in a process of its own. Each line of its stdin is a process group, or one with a minus that
 * needs no watching any more. When stdin closes, the tests are gone: it kills what they left.
 */
function reap(): void {
  const groups = new Set<number>();
  let text = "";
  process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const group = Number(line);
      if (group > 0) groups.add(group);
      else groups.delete(-group);
    }
  });
  process.stdin.on("end", () => {
    for (const group of groups) {
      try {
        process.kill(-group, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  });
}

let reaper: ChildProcess | undefined;

/**
 * Kills the process group of `pid` when this process ends, however it ends: a blocked program can't
 * notice that its tests were killed. Call the returned function once the group is gone.
 */
export function watchProcessGroup(pid: number): () => void {
  reaper ??= startReaper();
  reaper.stdin?.write(`${pid}\n`);
  return () => void reaper?.stdin?.write(`-${pid}\n`);
}

/** One that nobody watches yet; `watchProcessGroup` starts the one of this process by itself. */
export function startReaper(): ChildProcess {
  const started = spawn(process.execPath, ["-e", `(${reap})()`], {
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  started.unref();
  (started.stdin as { unref?: () => void } | null)?.unref?.();
  return started;
}
