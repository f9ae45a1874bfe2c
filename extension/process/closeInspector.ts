import type { CloseOutcome } from "../protocol/analysisApi.ts";
import { ConnectionLostError } from "./cdpSession.ts";
import { readSockets } from "./procFiles.ts";
import type { SharedSession } from "./sharedSession.ts";
import { builtinModule } from "./stackProbe.ts";

const closeDeadlineMs = 1500;

/**
 * Closes an inspector that we opened, from inside the process: an evaluation is served even while a
 * callback spins. Others who connected meanwhile are not thrown out. Never rejects.
 */
export async function closeInspector(
  shared: SharedSession,
  pid: number | null,
  port: number | null,
): Promise<CloseOutcome> {
  try {
    const session = await shared.borrow();
    try {
      if (pid !== null && port !== null && hasOtherClients(pid, port)) {
        return {
          leftBehind: `The inspector of process ${pid} stays open on port ${port}, because another client is connected to it.`,
        };
      }
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
    return { leftBehind: null };
  } catch (error) {
    // Closing the inspector cuts our own connection: that is the answer.
    if (error instanceof ConnectionLostError) return { leftBehind: null };
    return {
      leftBehind: `The inspector of process ${pid} could not be closed and stays open on port ${port}. To close it, evaluate require("inspector").close() in the process, or restart it.`,
    };
  }
}

/** One connection is our own. */
const hasOtherClients = (pid: number, port: number): boolean =>
  readSockets(pid).filter(({ state, localPort }) => state === "established" && localPort === port)
    .length > 1;
