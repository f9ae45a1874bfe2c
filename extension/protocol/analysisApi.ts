import type { Branded } from "../base/brand.ts";
import type { Report } from "./report.ts";

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
}

export interface OpenedTarget {
  readonly id: TargetId;
  readonly kind: "process" | "file";
  readonly label: string;
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
  openTarget(request: OpenTargetRequest): Promise<OpenedTarget>;
  /** Level *Look*: stacks and counters, nothing that walks the heap. A file has nothing to look at. */
  look(target: TargetId): Promise<Report>;
  /** Level *Capture*: takes a snapshot (or reads the file) and gives every registration its state. */
  capture(target: TargetId): Promise<Report>;
  saveSnapshot(target: TargetId, path: string): Promise<SavedSnapshot>;
  closeTarget(target: TargetId): Promise<CloseOutcome>;
}

/** The methods of AnalysisApi by name: the asking side makes one caller for each. */
export const analysisMethods = [
  "listNodeProcesses",
  "openTarget",
  "look",
  "capture",
  "saveSnapshot",
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
  readonly api: AnalysisApi;
  onEvent(listener: (event: AnalysisEvent) => void): void;
  /** Asks every running call to stop; each then rejects with an `AbortError`. */
  cancel(): void;
  /** Puts every target back as it was and ends. */
  dispose(): Promise<void>;
}
