import { openProcess } from "../process/inspectedProcess.ts";
import { listNodeProcesses } from "../process/nodeProcesses.ts";
import { parseTarget } from "../process/targetAddress.ts";
import { namesOfRequest } from "../process/targetNames.ts";
import type {
  AnalysisApi,
  AnalysisEvent,
  OpenedTarget,
  OpenTargetRequest,
} from "../protocol/analysisApi.ts";
import { analysisOutOfMemory } from "../protocol/analysisErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import { createFileReadings } from "./fileReadings.ts";
import { createFileSession, nameOfFile } from "./fileSession.ts";
import { createOpenTargets } from "./openTargets.ts";
import { createProcessSession } from "./processSession.ts";

export interface AnalysisService {
  implement(context: CallContext<AnalysisEvent>): AnalysisApi;
  /** Puts every target back as it was, also those that need time for it. */
  dispose(): Promise<void>;
}

/** What the analysis process answers. It alone holds connections and heaps. */
export function createAnalysisService(toolVersion: string): AnalysisService {
  /** What must end before this process may: targets that are being opened or put back. */
  const background = new Set<Promise<unknown>>();
  const targets = createOpenTargets((work) => {
    const ended = work.catch(() => {}).finally(() => background.delete(ended));
    background.add(ended);
  });
  const fileReadings = createFileReadings();

  const openTarget = async (
    { target, timeoutMs, proxy }: OpenTargetRequest,
    context: CallContext<AnalysisEvent>,
  ): Promise<OpenedTarget> => {
    const address = parseTarget(target);
    const { id, session } =
      address.kind === "file"
        ? await targets.open(
            [nameOfFile(address.path)],
            async () => createFileSession(address.path, toolVersion, fileReadings),
            context,
          )
        : await targets.open(
            namesOfRequest(address, proxy),
            async ({ signal, emit }) => {
              const onNotice = (text: string) => emit({ kind: "notice", text });
              const inspected = await openProcess(address, { timeoutMs, signal, onNotice, proxy });
              return createProcessSession(inspected, toolVersion);
            },
            context,
          );
    return { id, ...session.description };
  };

  return {
    implement: (context) => ({
      listNodeProcesses: async () => listNodeProcesses([process.pid, process.ppid]),
      openTarget: (request) => openTarget(request, context),
      look: async (id) => targets.session(id).look(context),
      capture: (id) => unlessMemoryIsRefused(() => targets.session(id).capture(context)),
      suspended: (id, request) =>
        unlessMemoryIsRefused(() => targets.session(id).suspended(context, request)),
      suspendedStacks: async (id, from, count) => targets.session(id).suspendedStacks(from, count),
      saveSnapshot: async (id, path) => targets.session(id).saveSnapshot(context, path),
      sourceText: async (id, file) => targets.session(id).sourceText(file),
      closeTarget: (id) => targets.close(id),
    }),
    async dispose() {
      await targets.dispose();
      while (background.size > 0) await Promise.all(background);
    },
  };
}

/** V8 refuses a large array with an error of the language, and the process goes on without it. */
async function unlessMemoryIsRefused<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isRefusal =
      error instanceof RangeError &&
      /^(?:Array buffer allocation failed|Failed to allocate memory)/.test(error.message);
    throw isRefusal ? analysisOutOfMemory(error.message) : error;
  }
}
