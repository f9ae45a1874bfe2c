import { setTimeout as sleep } from "node:timers/promises";
import type { CloseOutcome } from "../protocol/analysisApi.ts";
import {
  CannotConnectError,
  ConnectionLostError,
  connectCdp,
  NoAnswerError,
} from "./cdpSession.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { findOpenedLate } from "./openInspector.ts";
import { listeningSockets, readSocketInodes, readSockets, readStat } from "./procFiles.ts";
import { createSharedSession, type SharedSession } from "./sharedSession.ts";
import { builtinModule } from "./stackProbe.ts";

/** Where an inspector of a process of this machine listens. */
interface OpenedInspector {
  readonly pid: number;
  readonly port: number;
}

export interface ClosedInspector {
  readonly outcome: CloseOutcome;
  /** Settles when nothing is left to try. Never rejects. */
  readonly settled: Promise<void>;
}

const closeDeadlineMs = 1500;
/** A snapshot that was cancelled half-way still keeps a large process busy for so long. */
const busyDeadlineMs = 120_000;
const verifyMs = 400;
const pollMs = 10;

/** Nothing had to be closed, or this stays behind. */
export const nothingMoreToClose = (leftBehind: string | null = null): ClosedInspector => ({
  outcome: { leftBehind },
  settled: Promise.resolve(),
});

/**
 * Closes an inspector that we opened, from inside the process: an evaluation is served even while a
 * callback spins. Others who connected meanwhile are not thrown out. A process that is too busy to
 * answer is asked again in the background. Never rejects.
 */
export async function closeInspector(
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
      settled: askToClose(shared, inspector, busyDeadlineMs).then(
        () => {},
        () => {},
      ),
    };
  }
}

/** Closes what a signal of ours has opened only after we had stopped waiting for it. Never rejects. */
export async function closeLateInspector(pid: number): Promise<ClosedInspector> {
  const pending = nothingMoreToClose(
    `SIGUSR1 is pending: the inspector of process ${pid} opens when its native code returns, and stays open.`,
  );
  try {
    const address = await findOpenedLate(pid);
    if (!address) return readStat(pid) === null ? nothingMoreToClose() : pending;
    const { host, port } = address;
    const [{ webSocketUrl }] = await listInspectorTargets(host, port, closeDeadlineMs);
    const shared = createSharedSession(() => connectCdp(webSocketUrl, closeDeadlineMs));
    const closed = await closeInspector(shared, { pid, port });
    return { ...closed, settled: closed.settled.then(() => shared.close()) };
  } catch {
    return pending;
  }
}

/** Returns why it stays open, null when it is closed. Rejects when the process gives no answer. */
async function askToClose(
  shared: SharedSession,
  inspector: OpenedInspector,
  deadlineMs: number,
): Promise<string | null> {
  const session = await shared.borrow();
  try {
    if (hasOtherClients(inspector)) return staysForOthers(inspector);
    await session.send(
      "Runtime.evaluate",
      {
        expression: `${builtinModule("inspector")}.close()`,
        includeCommandLineAPI: true,
        silent: true,
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
  return (await isClosed(inspector)) ? null : staysOpen(inspector);
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
