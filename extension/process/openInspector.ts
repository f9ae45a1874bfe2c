import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../protocol/errors.ts";
import {
  inspectorDidNotOpen,
  noSuchProcess,
  notPermitted,
  portTaken,
  signalDisabled,
  stillStarting,
} from "../protocol/processErrors.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { inNativeCode, sleepsInSystemCall, waitsForChild } from "./nativeWait.ts";
import { mentionsSignal } from "./nodeProgram.ts";
import {
  holderOfPort,
  listeningSockets,
  readCommandLine,
  readStartVariable,
  readStatus,
} from "./procFiles.ts";
import { type InspectorOptions, maskHasSignal, parseInspectorOptions } from "./procText.ts";
import { isLoopback } from "./targetAddress.ts";

/** SIGUSR1 on Linux, on the architectures that Node supports there. */
const sigusr1 = 10;
/** A process that is still starting installs its handler within this time on an ordinary machine. */
const startUpMs = 1000;
const pollMs = 4;
const shortSystemCallMs = 200;

export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the inspector listens, or that the main thread's native code keeps it from opening. */
export type OpenedInspector =
  | { readonly kind: "open"; readonly address: InspectorAddress; readonly openedByUs: boolean }
  | { readonly kind: "native"; readonly signalPending: boolean };

/** Finds the inspector of a process, or opens it with SIGUSR1 after `onNotice` has said so. */
export async function openInspector(
  pid: number,
  deadlineMs: number,
  onNotice: (text: string) => void,
): Promise<OpenedInspector> {
  const options = inspectorOptionsOf(pid);
  const open = await findInspector(pid, options, deadlineMs);
  if (open) return { kind: "open", address: open, openedByUs: false };
  await checkSignalIsSafe(pid, options);
  if (await staysInNativeCode(pid)) return { kind: "native", signalPending: false };
  onNotice(signalNotice(pid));
  sendSignal(pid);
  return waitForInspector(pid, options, Math.min(deadlineMs, openDeadlineMs));
}

/** From the signal to an open port takes 17–80 ms on all four versions, blocked or not. */
const openDeadlineMs = 2500;

function inspectorOptionsOf(pid: number): InspectorOptions {
  return parseInspectorOptions(
    readCommandLine(pid) ?? [],
    readStartVariable(pid, "NODE_OPTIONS") ?? "",
  );
}

/** The address of an inspector that is open already; null when there is none. */
export async function findInspector(
  pid: number,
  options: InspectorOptions,
  deadlineMs: number,
): Promise<InspectorAddress | null> {
  const sockets = listeningSockets(pid).map(({ localHost, localPort }) => ({
    host: reachableHost(localHost),
    port: localPort,
  }));
  const announced = sockets.find(({ port }) => port === options.port);
  if (announced && (await isInspector(announced, deadlineMs))) return announced;
  const startedOpen = (readCommandLine(pid) ?? []).some((word) =>
    /^--inspect(-brk|-wait)?(=|$)/.test(word),
  );
  if (!startedOpen && options.port !== 0) return null;
  // With a port that the system chose, only asking tells which of its ports is the inspector's.
  for (const socket of sockets) {
    if (await isInspector(socket, Math.min(deadlineMs, 500))) return socket;
  }
  return null;
}

const reachableHost = (host: string): string =>
  host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;

async function isInspector({ host, port }: InspectorAddress, deadlineMs: number): Promise<boolean> {
  try {
    await listInspectorTargets(host, port, deadlineMs);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function checkSignalIsSafe(pid: number, options: InspectorOptions): Promise<void> {
  if (options.signalDisabled) throw signalDisabled(pid);
  const deadline = performance.now() + startUpMs;
  while (!catchesSignal(pid)) {
    if (performance.now() > deadline) throw stillStarting(pid);
    await sleep(20);
  }
  if (options.port === 0) return;
  const holder = holderOfPort(options.port);
  if (holder) {
    throw portTaken(
      pid,
      options.port,
      holder.pid === null ? "another process" : `process ${holder.pid}`,
    );
  }
}

/**
 * A signal now would break off a system call that blocks, or open the inspector of a process that waits
 * for a child only later, when nobody is there to close it. A call that ends soon is waited for.
 */
async function staysInNativeCode(pid: number): Promise<boolean> {
  const deadline = performance.now() + shortSystemCallMs;
  while (waitsForChild(pid) || sleepsInSystemCall(pid)) {
    if (performance.now() > deadline) return true;
    await sleep(pollMs);
  }
  return false;
}

function catchesSignal(pid: number): boolean {
  const status = readStatus(pid);
  if (status === null) throw noSuchProcess(pid);
  return maskHasSignal(status, "SigCgt", sigusr1) && !maskHasSignal(status, "SigIgn", sigusr1);
}

function signalNotice(pid: number): string {
  const listener = mentionsSignal(pid)
    ? "Its main script mentions SIGUSR1: it probably has a listener of its own, which runs instead."
    : "If the program has a SIGUSR1 listener of its own, that one runs instead.";
  return `Opening the inspector of process ${pid} with SIGUSR1; Node prints two lines on its stderr. ${listener}`;
}

function sendSignal(pid: number): void {
  try {
    process.kill(pid, "SIGUSR1");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "EPERM" ? notPermitted(pid) : noSuchProcess(pid);
  }
}

async function waitForInspector(
  pid: number,
  options: InspectorOptions,
  deadlineMs: number,
): Promise<OpenedInspector> {
  const known = new Set(listeningSockets(pid).map(({ inode }) => inode));
  const start = performance.now();
  while (performance.now() - start < deadlineMs) {
    const sockets = listeningSockets(pid);
    const socket =
      sockets.find(({ localPort }) => localPort === options.port) ??
      (options.port === 0 ? sockets.find(({ inode }) => !known.has(inode)) : undefined);
    if (socket) {
      const address = { host: reachableHost(socket.localHost), port: socket.localPort };
      if (await isInspector(address, deadlineMs))
        return { kind: "open", address, openedByUs: true };
    }
    if (readStatus(pid) === null) throw noSuchProcess(pid);
    await sleep(pollMs);
  }
  if (inNativeCode(pid)) return { kind: "native", signalPending: true };
  // It may have been open all along, on a port that the program chose at run time: the last thing
  // left is to ask its own loopback ports, one by one.
  for (const { localHost, localPort } of listeningSockets(pid)) {
    const address = { host: reachableHost(localHost), port: localPort };
    if (isLoopback(address.host) && (await isInspector(address, 500))) {
      return { kind: "open", address, openedByUs: false };
    }
  }
  throw inspectorDidNotOpen(pid, Math.round(deadlineMs));
}
