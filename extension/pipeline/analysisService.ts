import { openProcess } from "../process/inspectedProcess.ts";
import { listNodeProcesses } from "../process/nodeProcesses.ts";
import { parseTarget } from "../process/targetAddress.ts";
import type {
  AnalysisApi,
  AnalysisEvent,
  CloseOutcome,
  OpenedTarget,
  OpenTargetRequest,
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
  /** What must end before this process may: targets that are being opened or put back. */
  const background = new Set<Promise<unknown>>();
  const inBackground = <Result>(work: Promise<Result>): Promise<Result> => {
    const ended = work.catch(() => {}).finally(() => background.delete(ended));
    background.add(ended);
    return work;
  };
  const close = async (session: TargetSession): Promise<CloseOutcome> => {
    const { outcome, settled } = await session.close();
    void inBackground(settled);
    return outcome;
  };
  let nextId = 1;
  const session = (id: TargetId): TargetSession => {
    const found = sessions.get(id);
    if (!found) throw unknownTargetId(id);
    return found;
  };

  const openTarget = async (
    { target, timeoutMs, proxy }: OpenTargetRequest,
    { signal, emit }: CallContext<AnalysisEvent>,
  ): Promise<OpenedTarget> => {
    const address = parseTarget(target);
    const opened =
      address.kind === "file"
        ? createFileSession(address.path, toolVersion)
        : createProcessSession(
            await openProcess(address, {
              timeoutMs,
              signal,
              proxy,
              onNotice: (text) => emit({ kind: "notice", text }),
            }),
            toolVersion,
          );
    // A call that was cancelled meanwhile never learns its id: nobody else would close it.
    if (signal.aborted) {
      await close(opened);
      signal.throwIfAborted();
    }
    const id = nextId++ as TargetId;
    sessions.set(id, opened);
    return { id, ...opened.description };
  };

  return {
    implement: (context) => ({
      listNodeProcesses: async () => listNodeProcesses([process.pid, process.ppid]),
      openTarget: (request) => inBackground(openTarget(request, context)),
      look: async (id) => session(id).look(context),
      capture: async (id) => session(id).capture(context),
      saveSnapshot: async (id, path) => session(id).saveSnapshot(context, path),
      sourceText: async (id, file) => session(id).sourceText(file),
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
      while (background.size > 0) await Promise.all(background);
    },
  };
}
