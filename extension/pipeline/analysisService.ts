import { openProcess } from "../process/inspectedProcess.ts";
import { listNodeProcesses } from "../process/nodeProcesses.ts";
import { parseTarget } from "../process/targetAddress.ts";
import type {
  AnalysisApi,
  AnalysisEvent,
  CloseOutcome,
  TargetId,
} from "../protocol/analysisApi.ts";
import { unknownTargetId } from "../protocol/analysisErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import { createFileSession } from "./fileSession.ts";
import { createProcessSession } from "./processSession.ts";
import type { TargetSession } from "./targetSession.ts";

export interface AnalysisService {
  implement(context: CallContext<AnalysisEvent>): AnalysisApi;
  /** Puts every target back as it was, also those that need time for it. */
  dispose(): Promise<void>;
}

/** What the analysis process answers. It alone holds connections and heaps. */
export function createAnalysisService(toolVersion: string): AnalysisService {
  const sessions = new Map<TargetId, TargetSession>();
  const background = new Set<Promise<void>>();
  const close = async (session: TargetSession): Promise<CloseOutcome> => {
    const { outcome, settled } = await session.close();
    const ended = settled.finally(() => background.delete(ended));
    background.add(ended);
    return outcome;
  };
  let nextId = 1;
  const session = (id: TargetId): TargetSession => {
    const found = sessions.get(id);
    if (!found) throw unknownTargetId(id);
    return found;
  };

  return {
    implement: (context) => ({
      listNodeProcesses: async () => listNodeProcesses([process.pid, process.ppid]),
      async openTarget({ target, timeoutMs }) {
        const address = parseTarget(target);
        const opened =
          address.kind === "file"
            ? createFileSession(address.path, toolVersion)
            : createProcessSession(
                await openProcess(address, {
                  timeoutMs,
                  onNotice: (text) => context.emit({ kind: "notice", text }),
                }),
                toolVersion,
              );
        const id = nextId++ as TargetId;
        sessions.set(id, opened);
        // A call that was cancelled meanwhile never learns its id: nobody else would close it.
        if (context.signal.aborted) {
          sessions.delete(id);
          await close(opened);
          context.signal.throwIfAborted();
        }
        return { id, kind: opened.kind, label: opened.label };
      },
      look: async (id) => session(id).look(context),
      capture: async (id) => session(id).capture(context),
      saveSnapshot: async (id, path) => session(id).saveSnapshot(context, path),
      async closeTarget(id) {
        const closing = session(id);
        sessions.delete(id);
        return close(closing);
      },
    }),
    async dispose() {
      const open = [...sessions.values()];
      sessions.clear();
      await Promise.all(open.map(close));
      await Promise.all(background);
    },
  };
}
