import { setTimeout as sleep } from "node:timers/promises";
import type { CloseOutcome } from "../protocol/analysisApi.ts";
import { CannotConnectError, ConnectionLostError, connectCdp } from "./cdpSession.ts";
import { listInspectorTargets } from "./inspectorServer.ts";
import { findOpenedLate } from "./openInspector.ts";
import { listeningSockets, readSocketInodes, readSockets, readStat } from "./procFiles.ts";
import { createSharedSession, type SharedSession } from "./sharedSession.ts";
import { builtinModule } from "./stackProbe.ts";

/** An inspector of a process of this machine, as far as known. */
interface OpenedInspector {
  readonly pid: number | null;
  readonly port: number | null;
}

const closeDeadlineMs = 1500;
const verifyMs = 400;
const pollMs = 10;

/**
 * Closes an inspector that we opened, from inside the process: an evaluation is served even while a
 * callback spins. Others who connected meanwhile are not thrown out. Never rejects.
 */
export async function closeInspector(
  shared: SharedSession,
  { pid, port }: OpenedInspector,
): Promise<CloseOutcome> {
  if (pid === null || port === null) return { leftBehind: null };
  try {
    const session = await shared.borrow();
    try {
      if (hasOtherClients(pid, port)) return { leftBehind: staysForOthers(pid, port) };
      await session.send(
        "Runtime.evaluate",
        {
          expression: `${builtinModule("inspector")}.close()`,
          includeCommandLineAPI: true,
          silent: true,
        },
        closeDeadlineMs,
      );
    } finally {
      await session.close();
    }
  } catch (error) {
    const isCut = error instanceof ConnectionLostError || error instanceof CannotConnectError;
    // Closing the inspector cuts our own connection; whether it did is seen below.
    if (!isCut) return { leftBehind: staysOpen(pid, port) };
  }
  return { leftBehind: (await isClosed(pid, port)) ? null : staysOpen(pid, port) };
}

/** Closes what a signal of ours has opened only after we had stopped waiting for it. Never rejects. */
export async function closeLateInspector(pid: number): Promise<CloseOutcome> {
  const pending = {
    leftBehind: `SIGUSR1 is pending: the inspector of process ${pid} opens when its native code returns, and stays open.`,
  };
  try {
    const address = await findOpenedLate(pid);
    if (!address) return readStat(pid) === null ? { leftBehind: null } : pending;
    const { host, port } = address;
    const [{ webSocketUrl }] = await listInspectorTargets(host, port, closeDeadlineMs);
    const shared = createSharedSession(() => connectCdp(webSocketUrl, closeDeadlineMs));
    try {
      return await closeInspector(shared, { pid, port });
    } finally {
      await shared.close();
    }
  } catch {
    return pending;
  }
}

async function isClosed(pid: number, port: number): Promise<boolean> {
  const deadline = performance.now() + verifyMs;
  while (listeningSockets(pid).some(({ localPort }) => localPort === port)) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** A connection is a stranger's when its other end is none of our own sockets. */
function hasOtherClients(pid: number, port: number): boolean {
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

const staysForOthers = (pid: number, port: number): string =>
  `The inspector of process ${pid} stays open on port ${port}, because another client is connected to it.`;

const staysOpen = (pid: number, port: number): string =>
  `The inspector of process ${pid} could not be closed and stays open on port ${port}. To close it, evaluate require("inspector").close() in the process, or restart it.`;
