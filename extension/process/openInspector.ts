import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../protocol/errors.ts";
import {
  diedOfSignal,
  inspectorClosed,
  inspectorDidNotOpen,
  noSuchProcess,
  notPermitted,
  portTaken,
  signalDisabled,
  stillStarting,
} from "../protocol/processErrors.ts";
import { dropNote, isOpenedByLeakline, noteOpened, noteSignal } from "./inspectorDuty.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { inNativeCode, sleepsInSystemCall, waitsForChild } from "./nativeWait.ts";
import { checkRuns, mentionsSignal } from "./nodeProgram.ts";
import {
  holderOf,
  listeningSockets,
  readCommandLine,
  readStartVariable,
  readStatus,
  threadNames,
} from "./procFiles.ts";
import {
  type InspectorOptions,
  maskHasSignal,
  parseInspectorOptions,
  type SocketRow,
} from "./procText.ts";
import { isLoopback } from "./targetAddress.ts";

/** SIGUSR1 on Linux, on the architectures that Node supports there. */
const sigusr1 = 10;
/** A process that is still starting installs its handler within this time on an ordinary machine. */
const startUpMs = 1000;
const pollMs = 4;
/** A write to a slow terminal, a short sleep of a native module. */
const shortSystemCallMs = 200;

export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the inspector listens, or that the main thread's native code keeps it from opening. */
export type OpenedInspector =
  | {
      readonly kind: "open";
      readonly address: InspectorAddress;
      readonly openedByLeakline: boolean;
    }
  | { readonly kind: "native"; readonly signalPending: boolean };

export interface SignalOptions {
  /** Told before the signal is sent. */
  onNotice(text: string): void;
  readonly maySignal: boolean;
}

/** Finds the inspector of a process, or opens it with SIGUSR1 if it may. */
export async function openInspector(
  pid: number,
  deadlineMs: number,
  { onNotice, maySignal }: SignalOptions,
): Promise<OpenedInspector> {
  const options = inspectorOptionsOf(pid);
  const open = await findInspector(pid, options, deadlineMs);
  if (open) {
    return { kind: "open", address: open, openedByLeakline: isOpenedByLeakline(pid, open.port) };
  }
  // It may have been stopped since: a signal would open the inspector when nobody is there to close it.
  checkRuns(pid);
  if (!maySignal) throw inspectorClosed(pid);
  await checkSignalIsSafe(pid, options);
  if (await staysInNativeCode(pid)) return { kind: "native", signalPending: false };
  onNotice(signalNotice(pid));
  const before = new Set(listeningSockets(pid).map(({ inode }) => inode));
  noteSignal(pid);
  let opened: OpenedInspector | undefined;
  try {
    sendSignal(pid);
    opened = await waitForInspector(pid, options, before, Math.min(deadlineMs, openDeadlineMs));
    return opened;
  } finally {
    if (opened?.kind === "open" && opened.openedByLeakline) noteOpened(pid, opened.address.port);
    // A pending signal opens it later.
    else if (opened?.kind !== "native") dropNote(pid);
  }
}

/** From the signal to an open port takes 17–80 ms on all four versions, blocked or not. */
const openDeadlineMs = 2500;
const ordinaryOpenMs = 300;

function inspectorOptionsOf(pid: number): InspectorOptions {
  return parseInspectorOptions(
    readCommandLine(pid) ?? [],
    readStartVariable(pid, "NODE_OPTIONS") ?? "",
  );
}

/** The address of an inspector that is open already; null when there is none. */
async function findInspector(
  pid: number,
  options: InspectorOptions,
  deadlineMs: number,
): Promise<InspectorAddress | null> {
  const announced = listeningSockets(pid).find(({ localPort }) => localPort === options.port);
  if (announced) {
    const address = addressOf(announced);
    if (await isInspector(address, deadlineMs)) return address;
  }
  return isOpenElsewhere(pid, options) ? askOwnPorts(pid, options) : null;
}

/**
 * Whether the inspector may be open at a port that only asking can find: one that the system chose,
 * or that the program (js-debug's preload script is one) chose at run time.
 */
function isOpenElsewhere(pid: number, options: InspectorOptions): boolean {
  const names = threadNames(pid);
  // Node names its threads since 24: InspectorIo serves the inspector's port.
  if (names.includes("SignalInspector")) return names.includes("InspectorIo");
  return options.isOpenAtStart || readStartVariable(pid, "VSCODE_INSPECTOR_OPTIONS") !== null;
}

/**
 * The program's own ports are asked one by one, when nothing else is left. Only those at the address
 * where its inspector would be: a server for others listens elsewhere.
 */
async function askOwnPorts(
  pid: number,
  { host }: InspectorOptions,
): Promise<InspectorAddress | null> {
  for (const socket of listeningSockets(pid)) {
    if (!isLoopback(socket.localHost) && socket.localHost !== host) continue;
    const address = addressOf(socket);
    if (await isInspector(address, strangerDeadlineMs)) return address;
  }
  return null;
}

const strangerDeadlineMs = 500;

/** Where a listening socket of this machine can be reached. */
const addressOf = ({ localHost, localPort }: SocketRow): InspectorAddress => ({
  host: localHost === "0.0.0.0" ? "127.0.0.1" : localHost === "::" ? "::1" : localHost,
  port: localPort,
});

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
    if (readStatus(pid) === null) throw noSuchProcess(pid);
    if (performance.now() > deadline) throw stillStarting(pid);
    await sleep(20);
  }
  if (options.port === 0) return;
  const holder = holderOf(options.host ?? "127.0.0.1", options.port);
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

/** Whether SIGUSR1 does anything but end the process. */
export function catchesSignal(pid: number): boolean {
  const status = readStatus(pid);
  return (
    status !== null &&
    maskHasSignal(status, "SigCgt", sigusr1) &&
    !maskHasSignal(status, "SigIgn", sigusr1) &&
    !maskHasSignal(status, "SigBlk", sigusr1)
  );
}

function signalNotice(pid: number): string {
  const listener = mentionsSignal(pid)
    ? "Its main script mentions SIGUSR1: it probably has a listener of its own, which runs instead."
    : "If the program has a SIGUSR1 listener of its own, that one runs instead.";
  return `Opening the inspector of process ${pid} with SIGUSR1; Node prints a few lines on its stderr. ${listener}`;
}

function sendSignal(pid: number): void {
  try {
    process.kill(pid, "SIGUSR1");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "EPERM" ? notPermitted(pid) : noSuchProcess(pid);
  }
}

/** `before` are the inodes of the sockets on which the process listened before the signal. */
async function waitForInspector(
  pid: number,
  options: InspectorOptions,
  before: ReadonlySet<string>,
  deadlineMs: number,
): Promise<OpenedInspector> {
  const start = performance.now();
  const strangers = new Set(before);
  while (performance.now() - start < deadlineMs) {
    // A program that sets process.title overwrites the command line that names its port.
    const anyPort = options.port === 0 || performance.now() - start > ordinaryOpenMs;
    const socket = listeningSockets(pid).find(
      ({ localPort, inode }) => !strangers.has(inode) && (localPort === options.port || anyPort),
    );
    if (socket) {
      const address = addressOf(socket);
      const isExpected = socket.localPort === options.port;
      if (await isInspector(address, isExpected ? deadlineMs : strangerDeadlineMs)) {
        return { kind: "open", address, openedByLeakline: true };
      }
      if (!isExpected) strangers.add(socket.inode);
    }
    if (readStatus(pid) === null) throw diedOfSignal(pid);
    await sleep(pollMs);
  }
  // It may have been open all along, on a port that the program chose at run time.
  const address = await askOwnPorts(pid, options);
  if (address) return { kind: "open", address, openedByLeakline: false };
  if (inNativeCode(pid) && !mentionsSignal(pid)) return { kind: "native", signalPending: true };
  throw inspectorDidNotOpen(pid, Math.round(deadlineMs));
}

/**
 * The inspector that an earlier signal of ours has opened meanwhile; null when native code still
 * keeps it closed.
 */
export async function findOpenedLate(pid: number): Promise<InspectorAddress | null> {
  const options = inspectorOptionsOf(pid);
  return options.port === 0 ? null : findInspector(pid, options, strangerDeadlineMs);
}
