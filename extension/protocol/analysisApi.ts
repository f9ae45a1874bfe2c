import type { Branded } from "../base/brand.ts";
import type { AsyncReport, AsyncStack } from "./asyncReport.ts";
import type { UserError } from "./errors.ts";
import type { Report } from "./report.ts";
import type { RetainersReport, RetainersRequest } from "./retainersReport.ts";
import type { CallOptions } from "./rpc.ts";
import type { SummaryReport, SummaryRequest } from "./summaryReport.ts";

/** Names one opened target inside the analysis process. */
export type TargetId = Branded<number, "TargetId">;

/** A running Node process, as a picker shows it. */
export interface NodeProcess {
  readonly pid: number;
  readonly command: string;
  readonly workingFolder: string | null;
  readonly ageMs: number;
  readonly inspector: string | null;
}

export interface OpenTargetRequest {
  /** A pid, `host:port`, a `ws://` address or the path of a `.heapsnapshot` file. */
  readonly target: string;
  /** Longest time for one answer of the inspected process, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The `ws://` address of the proxy that a debugger (js-debug) offers for the same process. It is tried
   * when `target` can't be reached; a process with a debugger is never sent a signal.
   */
  readonly proxy?: string | undefined;
  /** Nothing but a file is opened: a process is refused before it is touched. */
  readonly mustBeFile?: boolean | undefined;
}

/** How a target is read. */
export type OpenedVia = "direct" | "debugger proxy" | "file";

export interface OpenedTarget {
  readonly id: TargetId;
  readonly kind: "process" | "file";
  readonly label: string;
  /** What the process calls itself; of another machine or container it is a number there. */
  readonly pid: number | null;
  /** `host:port` of the inspector, or of the proxy. */
  readonly address: string | null;
  readonly via: OpenedVia;
}

export interface SuspendedRequest {
  /** Of a process the main thread is read, and with this its worker threads too. */
  readonly workers: boolean;
  /** What the newest capture read is used once more, when there is one: the process isn't stopped again. */
  readonly ofNewestCapture: boolean;
}

export interface SavedSnapshot {
  readonly path: string;
  readonly bytes: number;
  readonly pauseMs: number;
  readonly answeredBy: string;
}

export interface CloseOutcome {
  /** Something that could not be put back as it was, and what the user can do; null when all is. */
  readonly leftBehind: string | null;
}

/** What a view may ask of the analysis process. Rejects with UserError; a cancelled call with AbortError. */
export interface AnalysisApi {
  listNodeProcesses(): Promise<readonly NodeProcess[]>;
  /**
   * A target that is open already, by whichever of its names, is the same one with the same id, and its
   * ages go on. Each call that opened it needs a `closeTarget` of its own.
   */
  openTarget(request: OpenTargetRequest): Promise<OpenedTarget>;
  /** Level *Look*: stacks and counters, nothing that walks the heap. A file has nothing to look at. */
  look(target: TargetId): Promise<Report>;
  /** Level *Capture*: takes a snapshot (or reads the file) and gives every registration its state. */
  capture(target: TargetId): Promise<Report>;
  /**
   * Level *Capture*: takes a snapshot (or reads the file) and gives the asynchronous stack of everything that
   * is suspended, in groups.
   */
  suspended(target: TargetId, request: SuspendedRequest): Promise<AsyncReport>;
  /**
   * The stacks of the newest such reading one by one, group after group, from the `from`th on, at most `count`.
   * Rejects with UserError when there was none.
   */
  suspendedStacks(target: TargetId, from: number, count: number): Promise<readonly AsyncStack[]>;
  /**
   * What a heap consists of: totals, classes page by page, single objects. Of a file, or of what the newest
   * capture of a process read.
   */
  summary(target: TargetId, request: SummaryRequest): Promise<SummaryReport>;
  /** Who holds an object of that heap. Rejects with UserError when there is none of this id. */
  retainers(
    target: TargetId,
    objectId: number,
    request: RetainersRequest,
  ): Promise<RetainersReport>;
  /** Who holds the objects of that heap whose class has this name. */
  classRetainers(
    target: TargetId,
    className: string,
    request: RetainersRequest,
  ): Promise<RetainersReport>;
  saveSnapshot(target: TargetId, path: string): Promise<SavedSnapshot>;
  /**
   * The text of a `file` that a report of this target names: what its source map brings along, or the
   * script itself when only the process has it. Null when it is not known, and for any other file.
   */
  sourceText(target: TargetId, file: string): Promise<string | null>;
  closeTarget(target: TargetId): Promise<CloseOutcome>;
}

/** The methods of AnalysisApi by name: the asking side makes one caller for each. */
export const analysisMethods = [
  "listNodeProcesses",
  "openTarget",
  "look",
  "capture",
  "suspended",
  "suspendedStacks",
  "summary",
  "retainers",
  "classRetainers",
  "saveSnapshot",
  "sourceText",
  "closeTarget",
] as const satisfies readonly (keyof AnalysisApi)[];

/** Told while a call runs. */
export type AnalysisEvent =
  | {
      readonly kind: "progress";
      readonly phase: string;
      /** 0 … 1, or null when the end is not known. */
      readonly fraction: number | null;
    }
  | { readonly kind: "notice"; readonly text: string };

/** A running analysis, as a view holds it. Whoever started it disposes it. */
export interface Analysis {
  /** The questions, for calls that share a signal that cancels them and a listener for what they tell. */
  bind(context: CallOptions<AnalysisEvent>): AnalysisApi;
  /** Resolves when the analysis process is gone, to what its pending calls were rejected with. */
  readonly ended: Promise<UserError>;
  /** Puts every target back as it was and ends. Nothing can be asked any more. */
  dispose(): Promise<void>;
}
