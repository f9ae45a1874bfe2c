import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { endianness } from "node:os";
import {
  addressesOverlap,
  namespacePidsOf,
  type ProcessStat,
  parseLastRanMs,
  parseSockets,
  parseStat,
  type SocketRow,
  splitZeroTerminated,
} from "./procText.ts";

/** Linux shows times under /proc in this unit, on every architecture that Node runs on (USER_HZ). */
const ticksPerSecond = 100;

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // A process may end between two reads, and some files are for its owner alone.
    return null;
  }
};

const readLink = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
};

/** The addresses of /proc/net/tcp are written in the machine's byte order; ours are read as little-endian. */
export const hasProc = (): boolean =>
  process.platform === "linux" && endianness() === "LE" && readText("/proc/self/stat") !== null;

export const readStat = (pid: number, tid = pid): ProcessStat | null => {
  const text = readText(`/proc/${pid}/task/${tid}/stat`);
  return text === null ? null : parseStat(text);
};

/** A name of a process that no later one has: the system gives a pid again. Null when there is none. */
export function processKey(pid: number): string | null {
  const stat = readStat(pid);
  return stat === null || stat.state === "Z" ? null : `${pid}-${stat.startTicks}`;
}

export const readStatus = (pid: number): string | null => readText(`/proc/${pid}/status`);

export const readCommandLine = (pid: number): string[] | null => {
  const bytes = readText(`/proc/${pid}/cmdline`);
  return bytes === null ? null : splitZeroTerminated(Buffer.from(bytes, "latin1").toString("utf8"));
};

/** One variable of the environment that the process was started with; null when it has none or isn't ours. */
export function readStartVariable(pid: number, name: string): string | null {
  const text = readText(`/proc/${pid}/environ`);
  const entry = splitZeroTerminated(text ?? "").find((one) => one.startsWith(`${name}=`));
  return entry?.slice(name.length + 1) ?? null;
}

/** Null for a kernel thread, and for a process that has ended or is not ours to see. */
export const readExecutable = (pid: number): string | null => readLink(`/proc/${pid}/exe`);
export const readWorkingFolder = (pid: number): string | null => readLink(`/proc/${pid}/cwd`);

/** Whether we may look into a process: otherwise we may neither signal it nor see its files. */
export function mayLookInto(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "EACCES" && code !== "EPERM";
  }
}

/** Whether the process has the same network, or the same file system, as we have. A container has its own. */
export function sharesNamespace(pid: number, kind: "net" | "mnt"): boolean {
  const theirs = readLink(`/proc/${pid}/ns/${kind}`);
  return theirs === null || theirs === readLink(`/proc/self/ns/${kind}`);
}

/** What the process itself may take for its pid: a container numbers its processes anew. */
export function ownPidsOf(pid: number): readonly number[] {
  return [pid, ...namespacePidsOf(readStatus(pid) ?? "")];
}

/** What the process calls its threads. */
export function threadNames(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(
      (tid) => readText(`/proc/${pid}/task/${tid}/comm`)?.trimEnd() ?? "",
    );
  } catch {
    return [];
  }
}

/** All process ids of the machine. */
export const listPids = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Sockets of the process's own network namespace. */
export const readSockets = (pid: number | "self"): SocketRow[] =>
  ["tcp", "tcp6"].flatMap((file) => parseSockets(readText(`/proc/${pid}/net/${file}`) ?? ""));

/** Inode numbers of the sockets that the process has open; null when they are not ours to see. */
export function readSocketInodes(pid: number | "self"): Set<string> | null {
  try {
    const inodes = new Set<string>();
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`) ?? "")?.[1];
      if (inode) inodes.add(inode);
    }
    return inodes;
  } catch {
    return null;
  }
}

/** TCP sockets on which the process accepts connections. */
export function listeningSockets(pid: number): SocketRow[] {
  const inodes = readSocketInodes(pid);
  if (!inodes) return [];
  return readSockets(pid).filter(({ state, inode }) => state === "listening" && inodes.has(inode));
}

/**
 * Who listens at an address of this machine; null when nobody does. Its `pid` is null when it is not
 * ours to see, or not among the candidates.
 */
export function holderOf(
  host: string,
  port: number,
  isCandidate: (pid: number) => boolean = () => true,
): { readonly pid: number | null } | null {
  const inodes = readSockets("self")
    .filter((row) => row.state === "listening" && row.localPort === port)
    .filter(({ localHost }) => addressesOverlap(localHost, host))
    .map(({ inode }) => inode);
  if (inodes.length === 0) return null;
  const pid = listPids().find((candidate) => {
    if (!isCandidate(candidate)) return false;
    const open = readSocketInodes(candidate);
    return open !== null && inodes.some((inode) => open.has(inode));
  });
  return { pid: pid ?? null };
}

const uptimeMs = (): number | null => {
  const text = readText("/proc/uptime");
  return text === null ? null : Number.parseFloat(text) * 1000;
};

/** Milliseconds since the process was started. */
export function ageMsOf(stat: ProcessStat): number {
  const now = uptimeMs();
  return now === null ? 0 : Math.max(0, now - (stat.startTicks / ticksPerSecond) * 1000);
}

const lastRanMs = (pid: number | "self"): number | null =>
  parseLastRanMs(readText(`/proc/${pid}/sched`) ?? "");

/**
 * How long the main thread has slept, in milliseconds; null when it doesn't sleep or isn't told. The
 * scheduler's clock drifts from the machine's uptime (a second in an hour was seen), so its "now" is
 * when we ourselves last ran: a little early, which keeps the result a lower bound.
 */
export function asleepMsOf(pid: number): number | null {
  const state = readStat(pid)?.state;
  if (state !== "S" && state !== "D") return null;
  const since = lastRanMs(pid);
  const now = lastRanMs("self");
  return since === null || now === null ? null : Math.max(0, Math.floor(now - since));
}

/** The kernel function in which the main thread sleeps, null when it runs or the system doesn't tell. */
export function kernelFunctionOf(pid: number): string | null {
  const name = readText(`/proc/${pid}/task/${pid}/wchan`);
  return name && name !== "0" ? name : null;
}

/** The system call that the main thread is in, with its first argument; null when it is in none. */
export function systemCallOf(
  pid: number,
): { readonly number: number; readonly argument: number } | null {
  const [number, argument] = readText(`/proc/${pid}/task/${pid}/syscall`)?.split(" ") ?? [];
  if (number === undefined || !/^\d+$/.test(number)) return null;
  return { number: Number(number), argument: Number(argument) };
}

/** The descriptors of the process's event loops, in ascending order. */
export function eventPollDescriptors(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .filter(
        (descriptor) => readLink(`/proc/${pid}/fd/${descriptor}`) === "anon_inode:[eventpoll]",
      )
      .map(Number)
      .toSorted((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Direct child processes. */
export function childrenOf(pid: number): number[] {
  const listed = readText(`/proc/${pid}/task/${pid}/children`);
  if (listed !== null) return listed.trim().split(/\s+/).filter(Boolean).map(Number);
  return listPids().filter((candidate) => readStat(candidate)?.parentPid === pid);
}

/** Why nothing of the process runs at all, in words; null when it runs. */
export function standstillOf(pid: number): string | null {
  const state = readStat(pid)?.state;
  if (state === "T") return "a signal stopped it (SIGSTOP or Ctrl-Z)";
  if (state === "t") return "a system debugger holds it";
  return isFrozen(pid) ? "its control group is frozen" : null;
}

/** A container's processes can be frozen by its control group (cgroup v2; v1's freezer alike). */
function isFrozen(pid: number): boolean {
  for (const line of (readText(`/proc/${pid}/cgroup`) ?? "").split("\n")) {
    const [, controllers, path] = line.split(":");
    if (path === undefined) continue;
    if (controllers === "") {
      const events = readText(`/sys/fs/cgroup${path}/cgroup.events`);
      if (events && /^frozen 1$/m.test(events)) return true;
    } else if (controllers?.split(",").includes("freezer")) {
      const state = readText(`/sys/fs/cgroup/freezer${path}/freezer.state`);
      if (state && /^(FROZEN|FREEZING)/.test(state)) return true;
    }
  }
  return false;
}
