import type { AnalysisEvent, CloseOutcome, SavedSnapshot } from "../protocol/analysisApi.ts";
import type { Report } from "../protocol/report.ts";
import type { CallContext } from "../protocol/rpc.ts";

/** One opened target. A session keeps what earlier readings saw, so that ages grow from the first one. */
export interface TargetSession {
  readonly kind: "process" | "file";
  readonly label: string;
  look(context: CallContext<AnalysisEvent>): Promise<Report>;
  capture(context: CallContext<AnalysisEvent>): Promise<Report>;
  saveSnapshot(context: CallContext<AnalysisEvent>, path: string): Promise<SavedSnapshot>;
  /** Puts the target back as it was; `settled` when that goes on in the background. Never rejects. */
  close(): Promise<{ readonly outcome: CloseOutcome; readonly settled: Promise<void> }>;
}
