import type { AnalysisOwner } from "../../pipeline/analysisOwner.ts";
import type {
  Analysis,
  AnalysisApi,
  AnalysisEvent,
  CloseOutcome,
  OpenedTarget,
  OpenTargetRequest,
  SavedSnapshot,
} from "../../protocol/analysisApi.ts";
import type { AsyncReport } from "../../protocol/asyncReport.ts";
import { UserError } from "../../protocol/errors.ts";
import { processPaused } from "../../protocol/problemCodes.ts";
import type { Report } from "../../protocol/report.ts";
import { cancelledErrorName } from "../../protocol/rpc.ts";
import type { TimedReport } from "./currentReading.ts";

/** How to reach what the user chose; a way that fails is followed by the next one. */
export interface WantedTarget {
  /** The same for the same choice: choosing it again goes on with what is there. */
  readonly key: string;
  /** Until the target has said what it is. */
  readonly title: string;
  /** The ways to it, the best first; asked for anew whenever it is opened. */
  routes(): AsyncIterable<Omit<OpenTargetRequest, "timeoutMs">>;
  /** A folder of the inspected machine and the one here that has the same files. */
  readonly folders?: FolderMapping;
}

/** As a launch configuration's `remoteRoot` and `localRoot`. */
export interface FolderMapping {
  readonly remote: string;
  readonly local: string;
}

export type TargetPhase =
  | { readonly kind: "opening" }
  | { readonly kind: "watched" }
  /** Nothing more is asked of it; what was read stays until the user stops it. */
  | { readonly kind: "over"; readonly message: string; readonly atMs: number }
  /** It was out of reach at the last try; the next command tries again. */
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** What the views show of one target. Immutable. */
export interface TargetState {
  readonly key: string;
  readonly title: string;
  readonly kind: OpenedTarget["kind"];
  readonly phase: TargetPhase;
  readonly look: TimedReport | null;
  readonly heap: TimedReport | null;
  /** What was suspended when the heap was read. */
  readonly suspended: AsyncReport | null;
  readonly folders: FolderMapping | null;
  /** A command reads it just now: what it says is not complete yet. */
  readonly isBeingRead: boolean;
}

/** A call that the user waits for. */
export interface Asking {
  readonly signal: AbortSignal;
  onEvent(event: AnalysisEvent): void;
}

export interface WatchedTargetOptions {
  readonly wanted: WantedTarget;
  readonly owner: AnalysisOwner;
  readonly answerDeadlineMs: () => number;
  /** Between two looks; 0: none. */
  readonly pollIntervalMs: () => number;
  readonly onChange: () => void;
  readonly now?: () => number;
}

/** One process or file that the window watches. Whoever made it disposes it. */
export class WatchedTarget {
  readonly wanted: WantedTarget;
  readonly #options: WatchedTargetOptions;
  readonly #now: () => number;
  readonly #over = new AbortController();
  #state: TargetState;
  #opened: { readonly analysis: Analysis; readonly target: OpenedTarget } | undefined;
  #opening: Promise<OpenedTarget> | undefined;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;
  /** Calls that the user waits for: a look in between would only delay them. */
  #askings = 0;

  constructor(options: WatchedTargetOptions) {
    this.#options = options;
    this.wanted = options.wanted;
    this.#now = options.now ?? Date.now;
    this.#state = {
      key: this.wanted.key,
      title: this.wanted.title,
      kind: "process",
      phase: { kind: "opening" },
      look: null,
      heap: null,
      suspended: null,
      folders: this.wanted.folders ?? null,
      isBeingRead: false,
    };
  }

  get state(): TargetState {
    return this.#state;
  }

  /** Opens it if it isn't open. Rejects with UserError, or AbortError when cancelled. */
  async open(asking: Asking): Promise<OpenedTarget> {
    const known = this.#current();
    if (known) return known.target;
    this.#opening ??= this.#openAnew(asking).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** What asks so is cancelled also when the target is watched no longer, and nobody waits for its turn in vain. */
  whileWatched(asking: Asking): Asking {
    return { ...asking, signal: AbortSignal.any([asking.signal, this.#over.signal]) };
  }

  /** Work of several questions, which make one reading. */
  async reading<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#change({ isBeingRead: true });
    try {
      return await work();
    } finally {
      this.#change({ isBeingRead: false });
    }
  }

  /** Level *Look*. A file has nothing to look at. */
  async look(asking: Asking): Promise<Report> {
    const report = await this.#ask(asking, (api, { id }) => api.look(id));
    this.#change({ look: { report, atMs: this.#now() } });
    return report;
  }

  /** Level *Capture*, or reads the file. */
  async capture(asking: Asking): Promise<Report> {
    const report = await this.#ask(asking, (api, { id }) => api.capture(id));
    const timed = { report, atMs: this.#now() };
    // A process that could not be captured is reported as far as a look goes.
    this.#change(
      report.capture.level === "look" ? { look: timed } : { heap: timed, suspended: null },
    );
    return report;
  }

  /** What was suspended in the heap that was captured last; a process isn't stopped again for it. */
  async readSuspended(asking: Asking): Promise<AsyncReport> {
    const request = { workers: false, ofNewestCapture: true };
    const suspended = await this.#ask(asking, (api, { id }) => api.suspended(id, request));
    this.#change({ suspended });
    return suspended;
  }

  saveSnapshot(asking: Asking, path: string): Promise<SavedSnapshot> {
    return this.#ask(asking, (api, { id }) => api.saveSnapshot(id, path));
  }

  /** The text of a source that is not on this machine's disk; null when it is not known. */
  async sourceText(file: string): Promise<string | null> {
    const known = this.#current();
    if (!known) return null;
    return known.analysis.bind({}).sourceText(known.target.id, file);
  }

  /** Its session ended: nothing more is asked of it, and what was read stays. */
  end(message: string): void {
    if (this.#state.phase.kind === "over") return;
    this.#stopPolling();
    this.#change({ phase: { kind: "over", message, atMs: this.#now() } });
    void this.#close().catch(() => {});
  }

  /** The analysis process is gone, and the connection with it. */
  lost({ message, hint }: UserError): void {
    this.#stopPolling();
    this.#opened = undefined;
    if (this.#state.phase.kind !== "over")
      this.#change({ phase: { kind: "failed", message, hint } });
  }

  /** Puts the process back as it was. */
  async dispose(): Promise<CloseOutcome> {
    this.#over.abort();
    this.#stopPolling();
    await this.#opening?.catch(() => {});
    return this.#close();
  }

  #current() {
    const opened = this.#opened;
    return opened && this.#options.owner.isRunning(opened.analysis) ? opened : undefined;
  }

  async #openAnew(asking: Asking): Promise<OpenedTarget> {
    const timeoutMs = this.#options.answerDeadlineMs();
    let failure: unknown;
    for await (const route of this.wanted.routes()) {
      asking.signal.throwIfAborted();
      const analysis = await this.#options.owner.running();
      try {
        const target = await analysis.bind(asking).openTarget({ ...route, timeoutMs });
        if (this.#over.signal.aborted) {
          await analysis.bind({}).closeTarget(target.id);
          this.#over.signal.throwIfAborted();
        }
        this.#opened = { analysis, target };
        this.#change({ kind: target.kind, phase: { kind: "watched" } });
        this.#pollLater();
        return target;
      } catch (error) {
        failure = error;
        if (!(error instanceof UserError) || error.kind !== "target") break;
      }
    }
    this.#failed(failure);
    throw failure;
  }

  async #ask<Answer>(
    asking: Asking,
    question: (api: AnalysisApi, target: OpenedTarget) => Promise<Answer>,
  ): Promise<Answer> {
    this.#askings++;
    try {
      const target = await this.open(asking);
      const known = this.#current();
      asking.signal.throwIfAborted();
      if (!known) throw new DOMException("The analysis has ended.", cancelledErrorName);
      return await question(known.analysis.bind(asking), target);
    } catch (error) {
      this.#failed(error);
      // Whatever it was: we have closed it ourselves meanwhile.
      if (this.#over.signal.aborted) throw new DOMException("It was stopped.", cancelledErrorName);
      throw error;
    } finally {
      this.#askings--;
    }
  }

  /** A lost process is over; one that gave no answer is asked again at the next turn. */
  #failed(error: unknown): void {
    if (this.#state.phase.kind === "over" || this.#over.signal.aborted) return;
    if (!(error instanceof UserError)) {
      if (this.#state.phase.kind === "opening")
        this.#change({ phase: { kind: "failed", message: "It was cancelled.", hint: "" } });
      return;
    }
    if (error.code === "target-lost") {
      this.end("The process ended, or closed its inspector.");
      return;
    }
    const isOpen = this.#current() !== undefined;
    // A process that stands still (a stop signal, a frozen container) is not lost.
    if (isOpen && (error.code === "no-answer" || error.code === processPaused)) return;
    const { message, hint } = error;
    if (!isOpen) this.#change({ phase: { kind: "failed", message, hint } });
  }

  #pollLater(): void {
    this.#stopPolling();
    const intervalMs = this.#options.pollIntervalMs();
    if (this.#state.kind === "file" || intervalMs === 0 || this.#over.signal.aborted) return;
    this.#pollTimer = setTimeout(() => void this.#poll(), intervalMs);
  }

  async #poll(): Promise<void> {
    if (this.#askings === 0 && this.#current()) {
      await this.look({ signal: this.#over.signal, onEvent: () => {} }).catch(() => {});
    }
    if (this.#state.phase.kind === "watched") this.#pollLater();
  }

  #stopPolling(): void {
    clearTimeout(this.#pollTimer);
  }

  async #close(): Promise<CloseOutcome> {
    const known = this.#current();
    this.#opened = undefined;
    if (!known) return { leftBehind: null };
    return known.analysis.bind({}).closeTarget(known.target.id);
  }

  #change(change: Partial<TargetState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#over.signal.aborted) this.#options.onChange();
  }
}
