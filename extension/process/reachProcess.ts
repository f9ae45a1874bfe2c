import { setTimeout as sleep } from "node:timers/promises";
import { lostTarget, needsLinux, noAnswer } from "../protocol/processErrors.ts";
import {
  ConnectionLostError,
  connectCdp,
  NoAnswerError,
  type RawCdpSession,
} from "./cdpSession.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { inNativeCode, waitsForChild } from "./nativeWait.ts";
import { checkNodeProcess } from "./nodeProgram.ts";
import { openInspector } from "./openInspector.ts";
import { asleepMsOf, hasProc, kernelFunctionOf, readStat } from "./procFiles.ts";
import type { SharedSession } from "./sharedSession.ts";
import { formatAddress, type TargetAddress } from "./targetAddress.ts";

export interface OpenProcessOptions {
  /** Longest time for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Told before something that can't be taken back. */
  onNotice(text: string): void;
}

/** How a process was reached. */
export interface Reached {
  readonly pid: number | null;
  /** Null when native code keeps the inspector closed. */
  readonly webSocketUrl: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly openedByUs: boolean;
  readonly signalPending: boolean;
  readonly asleepBeforeMs: number | null;
}

/** Finds or opens the inspector of a target. Rejects with UserError. */
export async function reach(
  address: Exclude<TargetAddress, { kind: "file" }>,
  { timeoutMs, onNotice }: OpenProcessOptions,
): Promise<Reached> {
  const none = { pid: null, openedByUs: false, signalPending: false, asleepBeforeMs: null };
  if (address.kind === "websocket") {
    const { hostname, port } = new URL(address.url);
    return {
      ...none,
      webSocketUrl: address.url,
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || null,
    };
  }
  if (address.kind === "inspector") {
    const { host, port } = address;
    const [first] = await listInspectorTargets(host, port, timeoutMs);
    return { ...none, webSocketUrl: first.webSocketUrl, host, port };
  }
  if (!hasProc()) throw needsLinux("Reaching a process by its pid");
  const { pid } = address;
  checkNodeProcess(pid);
  const asleepBeforeMs = waitsOnLock(pid) ? asleepMsOf(pid) : null;
  const opened = await openInspector(pid, timeoutMs, onNotice);
  if (opened.kind === "native") {
    return {
      ...none,
      pid,
      webSocketUrl: null,
      host: "127.0.0.1",
      port: null,
      signalPending: opened.signalPending,
    };
  }
  const { host, port } = opened.address;
  const [first] = await listInspectorTargets(host, port, timeoutMs);
  const { webSocketUrl } = first;
  return { ...none, pid, webSocketUrl, host, port, openedByUs: opened.openedByUs, asleepBeforeMs };
}

/** Only in `Atomics.wait` does JavaScript itself sleep; an event loop that sleeps is idle, not blocked. */
const waitsOnLock = (pid: number): boolean => /futex/.test(kernelFunctionOf(pid) ?? "");

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
  readonly command: string | null;
}

/** The process behind an address, null when it gives no answer. */
export async function identify(
  shared: SharedSession,
  reached: Reached,
  timeoutMs: number,
): Promise<Identity | null> {
  const label = labelOf(reached);
  const session = await shared.borrow();
  const stopWaiting = new AbortController();
  try {
    const { result } = await Promise.race([
      session.send(
        "Runtime.evaluate",
        {
          expression:
            "JSON.stringify([process.pid, process.version, [process.execPath, ...process.argv.slice(1)].join(' ')])",
          returnByValue: true,
          silent: true,
        },
        timeoutMs,
      ),
      hopeless(reached.pid)(stopWaiting.signal),
    ]);
    const answer: unknown = JSON.parse(typeof result.value === "string" ? result.value : "[]");
    const [pid, version, command] = Array.isArray(answer) ? answer : [];
    if (typeof pid !== "number" || typeof version !== "string") return null;
    return { pid, version, command: typeof command === "string" ? command : null };
  } catch (error) {
    if (error instanceof NoAnswerError) {
      if (reached.pid === null) throw noAnswer(label, "who it is", timeoutMs);
      return null;
    }
    if (error instanceof ConnectionLostError) throw lostTarget(label, "it was asked who it is");
    throw error;
  } finally {
    stopWaiting.abort();
    await session.close();
  }
}

/** Connects to one thread. Rejects with UserError. */
export async function connect(
  webSocketUrl: string,
  label: string,
  timeoutMs: number,
): Promise<RawCdpSession> {
  try {
    return await connectCdp(webSocketUrl, timeoutMs);
  } catch (error) {
    if (error instanceof NoAnswerError) throw noAnswer(label, "the connection", timeoutMs);
    if (error instanceof ConnectionLostError) throw lostTarget(label, "connecting to it");
    throw error;
  }
}

const hopelessAfterMs = 500;
const hopelessPollMs = 60;

/** The operating system shows it when a main thread sleeps in native code: then no answer will come. */
export function hopeless(pid: number | null) {
  return async (signal: AbortSignal): Promise<never> => {
    const never = new Promise<never>(() => {});
    if (pid === null) return never;
    let native = 0;
    await sleep(hopelessAfterMs);
    while (!signal.aborted) {
      const asleep = readStat(pid)?.state !== "R";
      native = asleep && (waitsForChild(pid) || inNativeCode(pid)) ? native + 1 : 0;
      if (native >= 4) throw new NoAnswerError("the main thread sleeps in native code");
      await sleep(hopelessPollMs);
    }
    return never;
  };
}
