import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../protocol/errors.ts";
import {
  lostTarget,
  needsLinux,
  noAnswer,
  noTargetOfThatId,
  notAnInspector,
  ourselves,
} from "../protocol/processErrors.ts";
import {
  CannotConnectError,
  ConnectionLostError,
  connectCdp,
  NoAnswerError,
  ProtocolError,
  type RawCdpSession,
} from "./cdpSession.ts";
import { connectDebuggerProxy } from "./debuggerProxy.ts";
import { isOpenedByLeakline, joinInspector, type Presence } from "./inspectorDuty.ts";
import { checkWebSocket, listInspectorTargets, unreachable } from "./inspectorServer.ts";
import { inNativeCode, sleepsInEventLoop, waitsForChild } from "./nativeWait.ts";
import { checkNodeProcess, checkRuns, nodeListeningAt } from "./nodeProgram.ts";
import { openInspector } from "./openInspector.ts";
import { asleepMsOf, hasProc, kernelFunctionOf, readStat } from "./procFiles.ts";
import type { SharedSession } from "./sharedSession.ts";
import { ownScript, quietly } from "./stackProbe.ts";
import { formatAddress, isThisMachine, type TargetAddress } from "./targetAddress.ts";

export interface OpenProcessOptions {
  /** Longest time for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Cancelling puts back what was done so far. */
  readonly signal?: AbortSignal;
  /** Told before something that can't be taken back. */
  onNotice(text: string): void;
  /**
   * The `ws://` address of a debugger's proxy for the same process, for when it can't be reached otherwise.
   * A process with a debugger is sent no signal.
   */
  readonly proxy?: string | undefined;
}

/** How a process was reached. */
export interface Reached {
  readonly via: "direct" | "debugger proxy";
  /** The process on this machine; null when it runs elsewhere, or nobody knows which one it is. */
  readonly pid: number | null;
  /** Null when native code keeps the inspector closed. */
  readonly webSocketUrl: string | null;
  readonly host: string;
  readonly port: number | null;
  /** By us or by another Leakline: the last one that leaves closes it. */
  readonly openedByLeakline: boolean;
  /** What we told the other Leaklines; null where there is no process of this machine to tell of. */
  readonly presence: Presence | null;
  readonly signalPending: boolean;
  readonly asleepBeforeMs: number | null;
}

/** Finds or opens the inspector of a target. Rejects with UserError. */
export async function reach(
  address: Exclude<TargetAddress, { kind: "file" }>,
  options: OpenProcessOptions,
): Promise<Reached> {
  if (address.kind === "pid") return reachPid(address.pid, options);
  const { host, port } = address.kind === "inspector" ? address : placeOf(address.url);
  const pid = localProcessAt(host, port);
  // Before the first contact: connecting wakes the main thread.
  const asleepBeforeMs = pid === null ? null : asleepInLockMs(pid);
  const common = { via: "direct", host, port, signalPending: false } as const;
  return present(pid, async (presence) => {
    const listed = await unlessStopped(pid, async () =>
      address.kind === "inspector"
        ? (await listInspectorTargets(host, port, options.timeoutMs))[0].webSocketUrl
        : listedUrl(address.url, options.timeoutMs),
    );
    if (listed === null && address.kind === "websocket") {
      presence?.leave();
      const stranger = { pid: null, presence: null, openedByLeakline: false, asleepBeforeMs: null };
      return { ...common, ...stranger, webSocketUrl: address.url };
    }
    if (pid === process.pid) throw ourselves(pid);
    const openedByLeakline = pid !== null && isOpenedByLeakline(pid, port);
    return { ...common, pid, presence, openedByLeakline, webSocketUrl: listed, asleepBeforeMs };
  });
}

/** Joins the Leaklines on a process before the first contact, so that none of them closes it just now. */
async function present(
  pid: number | null,
  work: (presence: Presence | null) => Promise<Reached>,
): Promise<Reached> {
  const presence = pid === null ? null : joinInspector(pid);
  try {
    return await work(presence);
  } catch (error) {
    presence?.leave();
    throw error;
  }
}

async function reachPid(pid: number, options: OpenProcessOptions): Promise<Reached> {
  if (!hasProc()) throw needsLinux("Reaching a process by its pid");
  checkNodeProcess(pid);
  return present(pid, (presence) => openPid(pid, presence, options));
}

async function openPid(
  pid: number,
  presence: Presence | null,
  { timeoutMs, onNotice, proxy }: OpenProcessOptions,
): Promise<Reached> {
  const asleepBeforeMs = asleepInLockMs(pid);
  const maySignal = proxy === undefined;
  const opened = await unlessStopped(pid, () =>
    openInspector(pid, timeoutMs, { onNotice, maySignal }),
  );
  if (opened.kind === "native") {
    return {
      via: "direct",
      pid,
      presence,
      webSocketUrl: null,
      host: "127.0.0.1",
      port: null,
      openedByLeakline: false,
      signalPending: opened.signalPending,
      asleepBeforeMs: null,
    };
  }
  const { host, port } = opened.address;
  const [{ webSocketUrl }] = await unlessStopped(pid, () =>
    listInspectorTargets(host, port, timeoutMs),
  );
  return {
    via: "direct",
    pid,
    presence,
    webSocketUrl,
    host,
    port,
    openedByLeakline: opened.openedByLeakline,
    signalPending: false,
    asleepBeforeMs,
  };
}

/** A process that was stopped while it was asked gives no answer, whatever that looked like. */
async function unlessStopped<Result>(
  pid: number | null,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (pid !== null) checkRuns(pid);
    throw error;
  }
}

/** A debugger's proxy: which process of which machine is behind it, only that process can say. */
export function reachProxy(url: string): Reached {
  return {
    via: "debugger proxy",
    pid: null,
    webSocketUrl: url,
    ...placeOf(url),
    presence: null,
    openedByLeakline: false,
    signalPending: false,
    asleepBeforeMs: null,
  };
}

function placeOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  const usualPort = protocol === "wss:" ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || usualPort };
}

/** The Node process that listens at an address, when that is on this machine. Throws when it can't answer. */
function localProcessAt(host: string, port: number): number | null {
  if (!hasProc() || !isThisMachine(host)) return null;
  const pid = nodeListeningAt(host, port);
  if (pid === null) return null;
  checkRuns(pid);
  return pid;
}

/**
 * Gives back a `ws://` address that a Node inspector lists: its id is made anew at every start. Null for
 * one that may be another tool's proxy; rejects with UserError when it can't be an inspector's.
 */
async function listedUrl(url: string, timeoutMs: number): Promise<string | null> {
  const { protocol, pathname } = new URL(url);
  const { host, port } = placeOf(url);
  const address = formatAddress(host, port);
  try {
    // Behind TLS there is a proxy, which may pass on nothing but the WebSocket.
    if (protocol === "wss:") throw notAnInspector(address, "it is a proxy");
    const targets = await listInspectorTargets(host, port, timeoutMs);
    const isKnown = targets.some(({ webSocketUrl }) => new URL(webSocketUrl).pathname === pathname);
    if (!isKnown) throw noTargetOfThatId(address);
    return url;
  } catch (error) {
    // Such a proxy speaks the protocol without listing targets.
    if (!(error instanceof UserError) || error.code !== "not-an-inspector") throw error;
    await checkWebSocket(url, address, timeoutMs);
    return null;
  }
}

/** Only in `Atomics.wait` does JavaScript itself sleep; an event loop that sleeps is idle, not blocked. */
const asleepInLockMs = (pid: number): number | null =>
  /futex/.test(kernelFunctionOf(pid) ?? "") ? asleepMsOf(pid) : null;

/** `host:port`, null when the inspector is not open. */
export const addressText = ({ host, port }: Reached): string | null =>
  port === null ? null : formatAddress(host, port);

/** What an address is called in errors, until the process has said who it is. */
export const labelOf = (reached: Reached): string =>
  addressText(reached) ?? reached.webSocketUrl ?? `process ${reached.pid}`;

/** What a process says of itself. */
export interface Identity {
  readonly pid: number;
  readonly version: string;
  readonly command: string;
}

/** Strings only, and joined: a program may have patched the rest (`toJSON` is a known one). */
const identityExpression =
  "[process.pid, process.version, process.execPath].concat(process.argv).join('\\0')";

/** The process behind an address, null when a process of this machine gives no answer. Rejects with UserError. */
export async function identify(
  shared: SharedSession,
  reached: Reached,
  { timeoutMs, signal }: OpenProcessOptions,
): Promise<Identity | null> {
  const label = labelOf(reached);
  const session = await shared.borrow();
  const stopWaiting = new AbortController();
  const closeOnAbort = () => void session.close();
  signal?.addEventListener("abort", closeOnAbort);
  try {
    const { result } = await Promise.race([
      session.send(
        "Runtime.evaluate",
        { expression: ownScript(identityExpression), returnByValue: true, ...quietly },
        timeoutMs,
      ),
      hopeless(reached.pid)(stopWaiting.signal),
    ]);
    const identity = parseIdentity(result?.value);
    if (!identity) throw notAnInspector(label, "it runs no Node.js");
    return identity;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NoAnswerError) {
      if (reached.pid === null) throw noAnswer(label, "who it is", timeoutMs);
      return null;
    }
    if (error instanceof ConnectionLostError) throw lostTarget(label, "it was asked who it is");
    if (error instanceof ProtocolError) throw notAnInspector(label, "it evaluates nothing");
    throw error;
  } finally {
    signal?.removeEventListener("abort", closeOnAbort);
    stopWaiting.abort();
    await session.close();
  }
}

export interface ConnectOptions {
  readonly via: Reached["via"];
  readonly timeoutMs: number;
  readonly isFirst: boolean;
}

/** Null for what no Node process answers. */
export function parseIdentity(answer: unknown): Identity | null {
  if (typeof answer !== "string") return null;
  const [pid, version, ...command] = answer.split("\0");
  // The first word of argv is the executable once more.
  command.splice(1, 1);
  if (!/^\d+$/.test(pid ?? "") || !version || !/^v\d+\./.test(version)) return null;
  return { pid: Number(pid), version, command: command.join(" ") };
}

/** Opens a connection to the main thread. Rejects with UserError. */
export async function connect(
  webSocketUrl: string,
  label: string,
  { via, timeoutMs, isFirst }: ConnectOptions,
): Promise<RawCdpSession> {
  try {
    return via === "direct"
      ? await connectCdp(webSocketUrl, timeoutMs)
      : await connectDebuggerProxy(webSocketUrl, timeoutMs);
  } catch (error) {
    if (error instanceof NoAnswerError) throw noAnswer(label, "the connection", timeoutMs);
    if (error instanceof CannotConnectError && isFirst) {
      throw error.code === null
        ? notAnInspector(label, "it refuses the WebSocket connection")
        : unreachable(label, error.code);
    }
    if (error instanceof CannotConnectError) throw lostTarget(label, "connecting to it");
    throw error;
  }
}

const idlePeriodMs = 25;
const idleInARow = 4;
const mostlyBusy = 3;

/**
 * Asleep several times in a row, so that a thread is not taken for idle that only had nothing to do just
 * then; one that wakes now and then is idle, too.
 */
export async function isIdle(pid: number | null): Promise<boolean> {
  if (pid === null) return false;
  let busy = 0;
  for (let inARow = 0; inARow < idleInARow; ) {
    if (sleepsInEventLoop(pid)) inARow++;
    else {
      busy++;
      inARow = 0;
      if (busy >= mostlyBusy) return false;
    }
    await sleep(idlePeriodMs);
  }
  return true;
}

const hopelessAfterMs = 500;
const hopelessPollMs = 60;

/** The operating system shows it when a main thread sleeps in native code: then no answer will come. */
export function hopeless(pid: number | null) {
  return async (signal: AbortSignal): Promise<never> => {
    const never = new Promise<never>(() => {});
    if (pid === null) return never;
    let native = 0;
    await sleep(hopelessAfterMs, undefined, { signal }).catch(() => {});
    while (!signal.aborted) {
      const asleep = readStat(pid)?.state !== "R";
      native = asleep && (waitsForChild(pid) || inNativeCode(pid)) ? native + 1 : 0;
      if (native >= 4) throw new NoAnswerError("the main thread sleeps in native code");
      await sleep(hopelessPollMs);
    }
    return never;
  };
}
