import { onTestFinished } from "vitest";
import { createAnalysisService } from "../../extension/pipeline/analysisService.ts";
import type {
  AnalysisApi,
  AnalysisEvent,
  OpenedTarget,
  OpenTargetRequest,
} from "../../extension/protocol/analysisApi.ts";

/** The analysis in the test's own process; its targets are put back when the test ends. */
export interface TestAnalysis {
  /** Calls whose events are in `events`. */
  readonly api: AnalysisApi;
  readonly events: AnalysisEvent[];
  /** Calls that are cancelled by a signal of their own. */
  bind(signal: AbortSignal, events?: AnalysisEvent[]): AnalysisApi;
  open(
    target: string | number,
    request?: Partial<Omit<OpenTargetRequest, "target">>,
  ): Promise<OpenedTarget>;
  dispose(): Promise<void>;
}

export function createTestAnalysis(): TestAnalysis {
  const service = createAnalysisService("0.0.0");
  onTestFinished(() => service.dispose());
  const events: AnalysisEvent[] = [];
  const bind = (signal: AbortSignal, heard: AnalysisEvent[] = []) =>
    service.implement({ signal, emit: (event) => void heard.push(event) });
  const api = bind(new AbortController().signal, events);
  return {
    api,
    events,
    bind,
    open: (target, request = {}) =>
      api.openTarget({ target: String(target), timeoutMs: 5000, ...request }),
    dispose: () => service.dispose(),
  };
}

/** The phases that were told, each once, in order. */
export const phasesOf = (events: readonly AnalysisEvent[]): readonly string[] =>
  events
    .flatMap((event) => (event.kind === "progress" ? [event.phase] : []))
    .filter((phase, index, all) => phase !== all[index - 1]);
