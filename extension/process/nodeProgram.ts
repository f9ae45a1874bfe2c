import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  ended,
  noSuchProcess,
  notNode,
  notPermitted,
  otherNetwork,
  ourselves,
  stopped,
} from "../protocol/processErrors.ts";
import {
  holderOf,
  mayLookInto,
  readCommandLine,
  readExecutable,
  readStat,
  readWorkingFolder,
  sharesNamespace,
  standstillOf,
} from "./procFiles.ts";
import { scriptOf } from "./procText.ts";

/** Node puts this text into every binary since 19.7, also into single-executable applications (src/node_sea.cc). */
const nodeFuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const nodeNames = /^(node|nodejs)([-.]?\d[\d.]*)?$/;

/**
 * Makes sure that a pid is a Node process that can be reached, before anything is sent to it.
 * Throws the UserError that says why not.
 */
export function checkNodeProcess(pid: number): void {
  if (pid === process.pid || pid === process.ppid) throw ourselves(pid);
  const stat = readStat(pid);
  if (!stat) throw noSuchProcess(pid);
  if (stat.state === "Z" || stat.state === "X") throw ended(pid);
  if (!mayLookInto(pid)) throw notPermitted(pid);
  const executable = readExecutable(pid);
  if (executable === null) throw notNode(pid, stat.command);
  if (!isNode(pid, executable)) throw notNode(pid, basename(executable));
  checkRuns(pid);
  if (!sharesNamespace(pid, "net")) throw otherNetwork(pid);
}

/** Throws a UserError when something holds the process, so that it can't answer. */
export function checkRuns(pid: number): void {
  const standstill = standstillOf(pid);
  if (standstill !== null) throw stopped(pid, standstill);
}

/** The Node process of this machine that listens at an address; null when it is another program. */
export function nodeListeningAt(host: string, port: number): number | null {
  const isCalledNode = (pid: number) => hasNodeName(readExecutable(pid) ?? "");
  const called = holderOf(host, port, isCalledNode);
  if (called === null || called.pid !== null) return called?.pid ?? null;
  const pid = holderOf(host, port)?.pid ?? null;
  const executable = pid === null ? null : readExecutable(pid);
  return pid !== null && executable !== null && isNode(pid, executable) ? pid : null;
}

/** `node`, `nodejs`, `node-22`; the name stays when an update has replaced the file. */
export const hasNodeName = (executable: string): boolean =>
  nodeNames.test(basename(executable).replace(/ \(deleted\)$/, ""));

/** By the program's name, else by a text that every Node binary holds. */
export function isNode(pid: number, executable: string): boolean {
  return hasNodeName(executable) || holdsNode(pid);
}

/** Smaller ones with V8, libuv and OpenSSL inside were never built. */
const smallestNodeBytes = 20_000_000;

/** Many processes run one executable, and reading it takes as long as it is big. */
const knownFiles = new Map<string, boolean>();

function holdsNode(pid: number): boolean {
  const path = `/proc/${pid}/exe`;
  try {
    const { size, dev, ino, mtimeMs } = statSync(path);
    if (size < smallestNodeBytes) return false;
    const file = `${dev}:${ino}:${mtimeMs}`;
    const known = knownFiles.get(file) ?? fileContains(path, nodeFuse);
    knownFiles.set(file, known);
    return known;
  } catch {
    return false;
  }
}

/** Throws what the system throws when the file can't be read. */
function fileContains(path: string, text: string): boolean {
  const wanted = Buffer.from(text);
  const block = Buffer.alloc(4 * 1024 * 1024);
  const file = openSync(path, "r");
  try {
    let kept = 0;
    for (;;) {
      const read = readSync(file, block, kept, block.length - kept, null);
      if (read === 0) return false;
      if (block.subarray(0, kept + read).includes(wanted)) return true;
      const end = kept + read;
      kept = Math.min(wanted.length - 1, end);
      block.copy(block, 0, end - kept, end);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Whether the program's main script mentions SIGUSR1: a listener of its own would run instead of the
 * inspector. Null when the script can't be read; a listener may still be in another module.
 */
export function mentionsSignal(pid: number): boolean | null {
  const script = scriptOf(readCommandLine(pid) ?? []);
  const folder = readWorkingFolder(pid);
  if (!script || !folder) return null;
  try {
    // Through /proc it is found in a container's file system as well.
    const path = `/proc/${pid}/root${resolve(folder, script)}`;
    return readFileSync(path, "latin1").includes("SIGUSR1");
  } catch {
    return null;
  }
}
