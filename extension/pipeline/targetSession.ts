import type {
  AnalysisEvent,
  CloseOutcome,
  OpenedTarget,
  SavedSnapshot,
  SuspendedRequest,
} from "../protocol/analysisApi.ts";
import type { AsyncReport, AsyncStack } from "../protocol/asyncReport.ts";
import type { Report } from "../protocol/report.ts";
import type { CallContext } from "../protocol/rpc.ts";
import type { AskedHeap } from "./askedHeap.ts";

/** The phase of a question that waits for a snapshot which somebody else asked for. */
export const waitingForSnapshot = "Waiting for another snapshot";

/** One opened target. A session keeps what earlier readings saw, so that ages grow from the first one. */
export interface TargetSession {
  readonly description: Omit<OpenedTarget, "id">;
  /** By which it can be recognised when it is opened once more. */
  readonly names: readonly string[];
  /** Whether what was opened is still there; a later one may have its name. */
  isAlive(): Promise<boolean>;
  look(context: CallContext<AnalysisEvent>): Promise<Report>;
  capture(context: CallContext<AnalysisEvent>): Promise<Report>;
  suspended(context: CallContext<AnalysisEvent>, request: SuspendedRequest): Promise<AsyncReport>;
  suspendedStacks(from: number, count: number): Promise<readonly AsyncStack[]>;
  /** Of a file its heap, of a process that of the newest capture: UserError when there is none, or none any more. */
  heap(context: CallContext<AnalysisEvent>): Promise<AskedHeap>;
  saveSnapshot(context: CallContext<AnalysisEvent>, path: string): Promise<SavedSnapshot>;
  /** The text of a file that a report of this session names; null when it isn't known. */
  sourceText(file: string): Promise<string | null>;
  /** Puts the target back as it was; `settled` when that goes on in the background. Never rejects. */
  close(): Promise<{ readonly outcome: CloseOutcome; readonly settled: Promise<void> }>;
}
