import { randomBytes } from "node:crypto";
import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createFile,
  isRunning,
  ownKey,
  privateFolder,
  readOrNull,
  removeFile,
} from "./privateFolder.ts";

export interface LeaseOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told who has it, when it isn't free. */
  readonly onWait?: ((holderPid: number) => void) | undefined;
  /** Longest time to wait for it, in milliseconds. */
  readonly deadlineMs: number;
  /** What to reject with when the deadline has passed. */
  onTimeout(holderPid: number): Error;
}

const pollMs = 150;
/** Whoever makes the file writes its name into it at once. */
const unsignedMs = 2000;

export const leaseEnding = ".lease";

/**
 * Does the work while no other process of this user has the lease of that name. A holder that was killed
 * holds nothing any more. Rejects with the signal's reason, or with what `onTimeout` gives.
 */
export async function withLease<Result>(
  name: string,
  options: LeaseOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const folder = privateFolder();
  if (folder === null) return work();
  const path = join(folder, `${name}${leaseEnding}`);
  // Two holders in one process are two as well.
  const text = `${ownKey()} ${randomBytes(8).toString("hex")}`;
  await take(path, text, options);
  try {
    return await work();
  } finally {
    if (readOrNull(path) === text) removeFile(path);
  }
}

/** Waits, like one who wants the lease, until nobody else's process has it; it isn't taken. */
export async function whenFree(name: string, options: LeaseOptions): Promise<void> {
  const folder = privateFolder();
  if (folder === null) return;
  const path = join(folder, `${name}${leaseEnding}`);
  await wait(path, options, () => {
    const [holder = ""] = readOrNull(path)?.split(" ") ?? [];
    return holder === "" || holder === ownKey() || !isRunning(holder);
  });
}

const take = (path: string, text: string, options: LeaseOptions): Promise<void> =>
  wait(path, options, () => {
    for (let tries = 0; tries < 3; tries++) {
      // Where nothing can be written nobody can hold it.
      if (createFile(path, text) !== "exists") return true;
      const held = readOrNull(path);
      const [holder = ""] = held?.split(" ") ?? [];
      if (holder === "" ? !isOld(path) : isRunning(holder)) return false;
      if (held !== null) takeAway(path, held);
    }
    return false;
  });

async function wait(
  path: string,
  { signal, onWait, deadlineMs, onTimeout }: LeaseOptions,
  isReady: () => boolean,
): Promise<void> {
  const began = performance.now();
  let told: number | null = null;
  while (!isReady()) {
    signal?.throwIfAborted();
    const pid = Number.parseInt(readOrNull(path) ?? "", 10);
    if (performance.now() - began > deadlineMs) throw onTimeout(pid);
    if (told !== pid && pid > 0) {
      told = pid;
      onWait?.(pid);
    }
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

function isOld(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > unsignedMs;
  } catch {
    return false;
  }
}

/**
 * Removes what a dead holder left. Of several who try it at the same time one gets the file by its rename;
 * one that got a newer holder's puts that back.
 */
function takeAway(path: string, held: string): void {
  const aside = `${path}.${ownKey()}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const taken = readOrNull(aside);
  if (taken !== null && taken !== held) createFile(path, taken);
  removeFile(aside);
}
