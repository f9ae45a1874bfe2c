import { totalmem } from "node:os";
import { openProcess } from "../process/inspectedProcess.ts";
import { listNodeProcesses } from "../process/nodeProcesses.ts";
import { parseFile, parseTarget } from "../process/targetAddress.ts";
import { namesOfRequest } from "../process/targetNames.ts";
import type {
  AnalysisApi,
  AnalysisEvent,
  OpenedTarget,
  OpenTargetRequest,
  TargetId,
} from "../protocol/analysisApi.ts";
import { analysisOutOfMemory } from "../protocol/analysisErrors.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { AskedHeap } from "./askedHeap.ts";
import { classRetainers } from "./classRetainers.ts";
import { createFileReadings } from "./fileReadings.ts";
import { createFileSession, nameOfFile } from "./fileSession.ts";
import { createHeapKeeper } from "./heapKeeper.ts";
import { objectRetainers } from "./objectRetainers.ts";
import { createOpenTargets } from "./openTargets.ts";
import { createProcessSession } from "./processSession.ts";
import { summarizeHeap } from "./summarizeHeap.ts";

export interface AnalysisService {
  implement(context: CallContext<AnalysisEvent>): AnalysisApi;
  /** Puts every target back as it was, also those that need time for it. */
  dispose(): Promise<void>;
}

/** Heaps that nobody asks just now may take a part of the memory. */
const memoryPerHeaps = 4;

/** What the analysis process answers. It alone holds connections and heaps. */
export function createAnalysisService(toolVersion: string): AnalysisService {
  /** What must end before this process may: targets that are being opened or put back. */
  const background = new Set<Promise<unknown>>();
  const targets = createOpenTargets((work) => {
    const ended = work.catch(() => {}).finally(() => background.delete(ended));
    background.add(ended);
  });
  const fileReadings = createFileReadings();
  const heaps = createHeapKeeper(totalmem() / memoryPerHeaps);

  /** One question about the heap of a target. */
  const askHeap = <Answer>(
    id: TargetId,
    context: CallContext<AnalysisEvent>,
    question: (asked: AskedHeap) => Promise<Answer>,
  ): Promise<Answer> =>
    unlessMemoryIsRefused(async () => question(await targets.session(id).heap(context)));

  const openTarget = async (
    { target, timeoutMs, proxy, mustBeFile = false }: OpenTargetRequest,
    context: CallContext<AnalysisEvent>,
  ): Promise<OpenedTarget> => {
    const address = mustBeFile ? parseFile(target) : parseTarget(target);
    const { id, session } =
      address.kind === "file"
        ? await targets.open(
            [nameOfFile(address.path)],
            async () => createFileSession(address.path, toolVersion, fileReadings, heaps),
            context,
          )
        : await targets.open(
            namesOfRequest(address, proxy),
            async ({ signal, emit }) => {
              const onNotice = (text: string) => emit({ kind: "notice", text });
              const inspected = await openProcess(address, { timeoutMs, signal, onNotice, proxy });
              return createProcessSession(inspected, toolVersion, heaps);
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
      summary: (id, request) =>
        askHeap(id, context, (asked) => summarizeHeap(asked, request, toolVersion, context)),
      retainers: (id, objectId, request) =>
        askHeap(id, context, (asked) =>
          objectRetainers(asked, objectId, request, toolVersion, context),
        ),
      classRetainers: (id, className, request) =>
        askHeap(id, context, (asked) =>
          classRetainers(asked, className, request, toolVersion, context),
        ),
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
