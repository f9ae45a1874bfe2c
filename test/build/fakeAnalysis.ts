import type {
  Analysis,
  AnalysisApi,
  AnalysisEvent,
  OpenedTarget,
  TargetId,
} from "../../extension/protocol/analysisApi.ts";
import { analysisEnded } from "../../extension/protocol/analysisErrors.ts";
import type { UserError } from "../../extension/protocol/errors.ts";
import { type CallOptions, cancelledErrorName } from "../../extension/protocol/rpc.ts";
import { asyncReport } from "./asyncReports.ts";
import { retainersReport, summaryReport } from "./heapReports.ts";
import { look, report } from "./reportParts.ts";

/** An analysis that answers what a test tells it, and notes what it was asked. */
export interface FakeAnalysis extends Analysis {
  /** `openTarget 4242`, `look`, `closeTarget`, in the order of the calls. */
  readonly asked: readonly string[];
  /** Replaces answers from now on. */
  answer(api: Partial<AnalysisApi>): void;
  /** As if the process had been killed: what is asked afterwards fails. */
  kill(): UserError;
  readonly isDisposed: boolean;
}

export const openedTarget: OpenedTarget = {
  id: 1 as TargetId,
  kind: "process",
  label: "process 4242",
  pid: 4242,
  address: "127.0.0.1:9229",
  via: "direct",
};

export function fakeAnalysis(first: Partial<AnalysisApi> = {}): FakeAnalysis {
  const asked: string[] = [];
  let answers: AnalysisApi = {
    listNodeProcesses: async () => [],
    openTarget: async () => openedTarget,
    look: async () => look(),
    capture: async () => report(),
    saveSnapshot: async (_, path) => ({ path, bytes: 1, pauseMs: 1, answeredBy: "stream" }),
    suspended: async () => asyncReport(),
    suspendedStacks: async () => [],
    summary: async () => summaryReport(),
    retainers: async () => retainersReport(),
    classRetainers: async () => retainersReport(),
    sourceText: async () => null,
    closeTarget: async () => ({ leftBehind: null }),
    ...first,
  };
  let dead: UserError | undefined;
  let isDisposed = false;
  let end: (error: UserError) => void = () => {};
  const ended = new Promise<UserError>((resolve) => {
    end = resolve;
  });

  const bind = ({ signal }: CallOptions<AnalysisEvent>): AnalysisApi =>
    new Proxy(answers, {
      get:
        (_, method: keyof AnalysisApi) =>
        async (...args: never[]) => {
          const [request] = args as unknown[];
          const target = typeof request === "object" && request !== null && "target" in request;
          asked.push(target ? `${method} ${request.target}` : method);
          if (dead) throw dead;
          const aborted = new Promise<never>((_, reject) => {
            const abort = () => reject(new DOMException("It was cancelled.", cancelledErrorName));
            if (signal?.aborted) abort();
            signal?.addEventListener("abort", abort);
          });
          aborted.catch(() => {});
          const answer = answers[method] as (...values: never[]) => Promise<unknown>;
          return Promise.race([answer(...args), aborted]);
        },
    });

  return {
    asked,
    answer(api) {
      answers = { ...answers, ...api };
    },
    bind,
    ended,
    kill() {
      dead = analysisEnded("signal SIGKILL", "");
      end(dead);
      return dead;
    },
    get isDisposed() {
      return isDisposed;
    },
    async dispose() {
      isDisposed = true;
    },
  };
}
