import { setTimeout as sleep } from "node:timers/promises";
import type { CloseOutcome } from "../protocol/analysisApi.ts";
import {
  CannotConnectError,
  ConnectionLostError,
  connectCdp,
  NoAnswerError,
} from "./cdpSession.ts";
import { dropNote, isOpenedByLeakline, type Presence } from "./inspectorDuty.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { withLease } from "./lease.ts";
import { findOpenedLate } from "./openInspector.ts";
import {
  listeningSockets,
  processKey,
  readSocketInodes,
  readSockets,
  readStat,
} from "./procFiles.ts";
import type { Reached } from "./reachProcess.ts";
import { createSharedSession, type SharedSession } from "./sharedSession.ts";
import { builtinModule, ownScript, quietly } from "./stackProbe.ts";

/** Where an inspector of a process of this machine listens. */
interface OpenedInspector {
  readonly pid: number;
  readonly port: number;
}

export interface ClosedInspector {
  readonly outcome: CloseOutcome;
  /** The process gives no answer; it is tried again until `settled`. */
  readonly isBusy: boolean;
  /** Settles when nothing is left to try. Never rejects. */
  readonly settled: Promise<void>;
}

const closeDeadlineMs = 1500;
/** A snapshot that was cancelled half-way still keeps a large process busy for so long. */
const busyDeadlineMs = 120_000;
const verifyMs = 400;
const pollMs = 10;
const latePollMs = 200;

/** Nothing had to be closed, or this stays behind. */
const nothingMoreToClose = (leftBehind: string | null = null): ClosedInspector => ({
  outcome: { leftBehind },
  isBusy: false,
  settled: Promise.resolve(),
});

/**
 * Ends our connections to a process. If a Leakline opened its inspector and no other one is left on it, it
 * is closed again. Never rejects.
 */
export async function leaveInspector(
  reached: Reached,
  shared: SharedSession,
): Promise<ClosedInspector> {
  const { pid, port, presence, openedByLeakline, signalPending } = reached;
  const leave = async () => {
    await shared.close();
    presence?.leave();
  };
  if (pid !== null && signalPending) {
    const closed = await closeLateInspector(pid, presence);
    return { ...closed, settled: closed.settled.finally(leave) };
  }
  if (pid === null || port === null || !(openedByLeakline || isOpenedByLeakline(pid, port))) {
    await leave();
    return nothingMoreToClose();
  }
  const closeAsLast = async (): Promise<ClosedInspector> => {
    const closed = presence?.hasCompany()
      ? nothingMoreToClose()
      : await closeInspector(shared, { pid, port });
    const settled = closed.settled.finally(leave);
    // In the background the connection is still needed, and who leaves meanwhile leaves it to us.
    if (!closed.isBusy) await settled;
    return { ...closed, settled };
  };
  try {
    // Two that leave at the same moment would each leave it to the other one.
    return await withLease(`inspector-${processKey(pid)}`, leaveOptions, closeAsLast);
  } catch {
    await leave();
    return nothingMoreToClose();
  }
}

const leaveOptions = {
  deadlineMs: 3000,
  onTimeout: () => new Error("another Leakline is closing it"),
};

/**
 * Closes an inspector that a Leakline opened, from inside the process: an evaluation is served even while
 * a callback spins. Others who connected meanwhile are not thrown out. A process that is too busy to
 * answer is asked again in the background. Never rejects.
 */
async function closeInspector(
  shared: SharedSession,
  inspector: OpenedInspector,
): Promise<ClosedInspector> {
  try {
    return nothingMoreToClose(await askToClose(shared, inspector, closeDeadlineMs));
  } catch (error) {
    if (!(error instanceof NoAnswerError)) return nothingMoreToClose(staysOpen(inspector));
    const { pid, port } = inspector;
    return {
      outcome: {
        leftBehind: `Process ${pid} is busy. Leakline goes on in the background and closes its inspector (port ${port}) as soon as it answers, within ${busyDeadlineMs / 1000} s.`,
      },
      isBusy: true,
      settled: askToClose(shared, inspector, busyDeadlineMs).then(
        () => {},
        () => {},
      ),
    };
  }
}

/**
 * Closes what a signal of ours opens only after we had stopped waiting for it, in the background when its
 * native code has not returned yet. Never rejects.
 */
async function closeLateInspector(
  pid: number,
  presence: Presence | null,
): Promise<ClosedInspector> {
  const closed = await closeIfOpened(pid, presence).catch(() => null);
  if (closed) return closed;
  return {
    outcome: {
      leftBehind: `SIGUSR1 is pending: the inspector of process ${pid} opens when its native code returns. Leakline goes on in the background and closes it then, within ${busyDeadlineMs / 1000} s.`,
    },
    isBusy: true,
    settled: closeWhenOpened(pid, presence),
  };
}

async function closeWhenOpened(pid: number, presence: Presence | null): Promise<void> {
  const deadline = performance.now() + busyDeadlineMs;
  const key = processKey(pid);
  while (performance.now() < deadline && key !== null && processKey(pid) === key) {
    const closed = await closeIfOpened(pid, presence).catch(() => null);
    if (closed) return closed.settled;
    await sleep(latePollMs);
  }
}

/** Null when it is not open yet. */
async function closeIfOpened(
  pid: number,
  presence: Presence | null,
): Promise<ClosedInspector | null> {
  const address = await findOpenedLate(pid);
  if (!address) return readStat(pid) === null ? nothingMoreToClose() : null;
  // They know that it was a Leakline that opened it: the last one closes it.
  if (presence?.hasCompany()) return nothingMoreToClose();
  const { host, port } = address;
  const [{ webSocketUrl }] = await listInspectorTargets(host, port, closeDeadlineMs);
  const shared = createSharedSession(() => connectCdp(webSocketUrl, closeDeadlineMs));
  const closed = await closeInspector(shared, { pid, port });
  return { ...closed, settled: closed.settled.then(() => shared.close()) };
}

/** Returns why it stays open, null when it is closed. Rejects when the process gives no answer. */
async function askToClose(
  shared: SharedSession,
  inspector: OpenedInspector,
  deadlineMs: number,
): Promise<string | null> {
  const session = await shared.borrow();
  try {
    if (await keepsOtherClients(inspector)) return staysForOthers(inspector);
    await session.send(
      "Runtime.evaluate",
      {
        expression: ownScript(`${builtinModule("inspector")}.close()`),
        includeCommandLineAPI: true,
        ...quietly,
      },
      deadlineMs,
    );
  } catch (error) {
    // Closing the inspector cuts our own connection; whether it was that is seen below.
    const isCut = error instanceof ConnectionLostError || error instanceof CannotConnectError;
    if (!isCut) throw error;
  } finally {
    await session.close();
  }
  if (!(await isClosed(inspector))) return staysOpen(inspector);
  dropNote(inspector.pid);
  return null;
}

/** A Leakline that has just left may still be on the system's list of connections. */
async function keepsOtherClients(inspector: OpenedInspector): Promise<boolean> {
  const deadline = performance.now() + verifyMs;
  while (hasOtherClients(inspector)) {
    if (performance.now() > deadline) return true;
    await sleep(pollMs);
  }
  return false;
}

async function isClosed({ pid, port }: OpenedInspector): Promise<boolean> {
  const deadline = performance.now() + verifyMs;
  while (listeningSockets(pid).some(({ localPort }) => localPort === port)) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** A connection is a stranger's when its other end is none of our own sockets. */
function hasOtherClients({ pid, port }: OpenedInspector): boolean {
  const ownInodes = readSocketInodes("self") ?? new Set();
  const ownPorts = new Set(
    readSockets("self")
      .filter(({ inode, remotePort }) => remotePort === port && ownInodes.has(inode))
      .map(({ localPort }) => localPort),
  );
  return readSockets(pid).some(
    ({ state, localPort, remotePort }) =>
      state === "established" && localPort === port && !ownPorts.has(remotePort),
  );
}

const staysForOthers = ({ pid, port }: OpenedInspector): string =>
  `The inspector of process ${pid} stays open on port ${port}, because another client is connected to it.`;

const staysOpen = ({ pid, port }: OpenedInspector): string =>
  `The inspector of process ${pid} could not be closed and stays open on port ${port}. To close it, evaluate require("inspector").close() in the process, or restart it.`;
