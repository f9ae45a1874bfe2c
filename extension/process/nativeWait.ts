import { arch } from "node:os";
import type { NativeWait } from "../protocol/threadObservation.ts";
import {
  ageMsOf,
  asleepMsOf,
  childrenOf,
  eventPollDescriptors,
  kernelFunctionOf,
  readCommandLine,
  readStat,
  systemCallOf,
} from "./procFiles.ts";

/** The system calls in which a Node main thread is found waiting (Linux's tables for the two architectures). */
const systemCallNames: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  x64: {
    0: "read",
    1: "write",
    7: "poll",
    23: "select",
    35: "nanosleep",
    42: "connect",
    45: "recvfrom",
    47: "recvmsg",
    61: "wait4",
    73: "flock",
    74: "fsync",
    202: "futex",
    230: "clock_nanosleep",
    232: "epoll_wait",
    247: "waitid",
    271: "ppoll",
    281: "epoll_pwait",
    441: "epoll_pwait2",
  },
  arm64: {
    22: "epoll_pwait",
    32: "flock",
    63: "read",
    64: "write",
    73: "ppoll",
    82: "fsync",
    95: "waitid",
    98: "futex",
    101: "nanosleep",
    115: "clock_nanosleep",
    203: "connect",
    207: "recvfrom",
    212: "recvmsg",
    260: "wait4",
    441: "epoll_pwait2",
  },
};

export function systemCallName(number: number, architecture: string): string {
  return systemCallNames[architecture]?.[number] ?? `system call ${number}`;
}

/** What the operating system tells of a main thread that answers nobody. */
export function readNativeWait(pid: number): NativeWait {
  const call = systemCallOf(pid);
  return {
    kernelFunction: kernelFunctionOf(pid),
    systemCall: call && systemCallName(call.number, arch()),
    asleepMs: asleepMsOf(pid),
    children: childrenOf(pid).flatMap((child) => {
      const stat = readStat(child);
      if (!stat) return [];
      const command = readCommandLine(child)?.join(" ") || stat.command;
      return [{ pid: child, command, ageMs: Math.floor(ageMsOf(stat)) }];
    }),
  };
}

/** The main loop, the platform's timer loop and the signal watcher's: every Node process has these. */
const ordinaryEventLoops = 3;

/**
 * Whether the main thread waits inside `execSync` or `spawnSync`. These run an event loop of their
 * own, made for the call: the thread then sleeps on the newest of its descriptors, and it has a child.
 */
export function waitsForChild(pid: number): boolean {
  const call = systemCallOf(pid);
  if (!call || !systemCallName(call.number, arch()).startsWith("epoll_")) return false;
  const loops = eventPollDescriptors(pid);
  return (
    loops.length > ordinaryEventLoops &&
    loops.at(-1) === call.argument &&
    childrenOf(pid).length > 0 &&
    (asleepMsOf(pid) ?? 0) >= 100
  );
}

/**
 * Whether the main thread sleeps in its event loop: no JavaScript is on its stack. Where the system hides
 * the call (Yama's ptrace_scope), the kernel's function tells as much.
 */
export function sleepsInEventLoop(pid: number): boolean {
  if (readStat(pid)?.state !== "S") return false;
  const call = systemCallOf(pid);
  const isPolling = call
    ? systemCallName(call.number, arch()).startsWith("epoll_")
    : /^(?:do_)?(?:ep_poll|epoll_)/.test(kernelFunctionOf(pid) ?? "");
  if (!isPolling) return false;
  // `execSync` waits in the newest of the process's event loops, which it has made for its child.
  const loops = eventPollDescriptors(pid);
  const mayBeInner = loops.length > ordinaryEventLoops && (!call || loops.at(-1) === call.argument);
  return !(mayBeInner && childrenOf(pid).length > 0);
}

/** Whether the main thread computes, or waits for a lock as `Atomics.wait` does. */
export function runsOrWaitsForLock(pid: number): boolean {
  const state = readStat(pid)?.state;
  if (state === "R") return true;
  const call = systemCallOf(pid);
  const name = call ? systemCallName(call.number, arch()) : (kernelFunctionOf(pid) ?? "");
  return state === "S" && name.startsWith("futex");
}

/**
 * Whether the main thread sleeps in a system call that a signal would break off: Node reports that to
 * the program as an error (EINTR), which can end it. An event loop and a lock go on after a signal.
 */
export function sleepsInSystemCall(pid: number): boolean {
  if (readStat(pid)?.state !== "S") return false;
  const call = systemCallOf(pid);
  return call !== null && !/^(epoll_|futex)/.test(systemCallName(call.number, arch()));
}

/**
 * Whether a main thread that gave no answer is in native code: it computes (JavaScript would have
 * been interrupted), or sleeps anywhere but in its own event loop or in a lock that JavaScript can wait on.
 */
export function inNativeCode(pid: number): boolean {
  const state = readStat(pid)?.state;
  if (state === "R" || state === "D") return true;
  if (waitsForChild(pid)) return true;
  const call = systemCallOf(pid);
  return call !== null && !systemCallName(call.number, arch()).startsWith("epoll_");
}
